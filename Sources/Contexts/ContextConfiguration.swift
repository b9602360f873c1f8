/// What the contexts of a server may be told.
package struct ContextConfiguration: Sendable {
  /// How long a deleted context can be brought back. Decided when it is deleted: a later change of the setting
  /// is for later deletions.
  package var retention: Duration = .seconds(30 * 24 * 3600)
  /// Matches, the newest, that a search ranks, orders and counts. More make searches for common words slower and
  /// their facets exact for longer.
  package var consideredMatches = 10_000

  package init() {}
}
