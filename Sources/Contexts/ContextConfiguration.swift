/// What the contexts of a server may be told.
package struct ContextConfiguration: Sendable {
  /// How long a deleted context can be brought back. Decided when it is deleted: a later change of the setting
  /// is for later deletions.
  package var retention: Duration = .seconds(30 * 24 * 3600)

  package init() {}
}
