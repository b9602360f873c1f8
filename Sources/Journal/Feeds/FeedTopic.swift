import Wire

/// What watchers follow: everything of a project, or what in it has one key, such as one session's events.
package struct FeedTopic: Hashable, Sendable {
  package let project: ProjectID
  /// Nil for everything.
  package let key: TextKey?

  package init(_ project: ProjectID, key: TextKey? = nil) {
    self.project = project
    self.key = key
  }
}
