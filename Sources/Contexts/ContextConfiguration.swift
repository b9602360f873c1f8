/// What the contexts of a server may be told.
package struct ContextConfiguration: Sendable {
  /// How long a deleted context can be brought back. Decided when it is deleted: a later change of the
  /// setting is for later deletions.
  package var retention: Duration = .seconds(30 * 24 * 3600)
  /// Matches, the newest, that a search ranks, orders and counts. More make searches for common words slower
  /// and their facets exact for longer.
  package var consideredMatches = 10_000
  /// Memories, the newest that meet its conditions, that a recall weighs.
  package var weighedMemories = 10_000
  /// How often contexts that have expired are deleted and deleted ones purged, and after three times of it
  /// without a sign of life another server takes over. Readers mind the times themselves.
  package var sweepInterval: Duration = .seconds(10)
  /// Hears what the sweep did, and what kept it from it: a line of text each.
  package var note: @Sendable (String) -> Void = { _ in }
  package var warn: @Sendable (String) -> Void = { _ in }

  package init() {}
}
