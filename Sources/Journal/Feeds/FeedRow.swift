import Postgres
import Wire

/// A row of a history table that feeds deliver. A class conformer is cheap to hand to many watchers: one
/// reference each.
package protocol FeedRow: DecodableRow, Sendable {
  /// What the feed is called where a server tells of itself.
  static var feedName: String { get }
  var project: ProjectID { get }
  var position: Int64 { get }
  var ordinal: Int32 { get }
  /// What watchers of only a part of the project follow, such as a session; nil for rows without.
  var key: TextKey? { get }

  /// Rows of a project after a cursor and up to a position, in order: takes ``FeedPage/parameters``.
  static var page: Query<FeedPage, Columns> { get }
  /// Rows of some projects after a position and up to another, in order: takes ``FeedTail/parameters``.
  static var tail: Query<FeedTail, Columns> { get }
  /// How rows are read by key; nil where they have none.
  static var keyed: KeyedQueries<Columns>? { get }
}

/// Reads by key; the history's table has an index for them that begins with project and key.
package struct KeyedQueries<Columns: ColumnLayout>: Sendable {
  /// As ``FeedRow/page``, of one key: takes ``FeedPage/keyedParameters``.
  let page: Query<FeedPage, Columns>
  /// As ``FeedRow/tail``, of the projects and keys that stand side by side: takes ``FeedTail/keyedParameters``.
  let tail: Query<FeedTail, Columns>

  package init(page: Query<FeedPage, Columns>, tail: Query<FeedTail, Columns>) {
    self.page = page
    self.tail = tail
  }
}

/// A page of a watcher that catches up.
package struct FeedPage: Sendable {
  let topic: FeedTopic
  let after: Cursor
  let through: Int64
  let limit: Int

  init(_ topic: FeedTopic, after: Cursor, through: Int64, limit: Int) {
    self.topic = topic
    self.after = after
    self.through = through
    self.limit = limit
  }

  /// `(position, ordinal) > (@position, @ordinal)` up to `@through`, at most `@limit` rows of `@project`.
  package static let parameters: [Parameter<FeedPage>] = [
    .init("project") { $0.topic.project.text },
    .init("position") { $0.after.position },
    .init("ordinal") { $0.after.ordinal },
    .init("through") { $0.through },
    .init("limit") { $0.limit },
  ]

  /// The same, and the `@key`.
  package static let keyedParameters = parameters + [.init("key") { $0.topic.key?.text ?? "" }]
}

/// What was settled last, for all watchers together.
package struct FeedTail: Sendable {
  let topics: [FeedTopic]
  let after: Int64
  let through: Int64
  let limit: Int

  /// Rows of the `@projects` after position `@after` up to `@through`, at most `@limit`.
  package static let parameters: [Parameter<FeedTail>] = [
    .init("projects") { $0.topics.map(\.project.text) },
    .init("after") { $0.after },
    .init("through") { $0.through },
    .init("limit") { $0.limit },
  ]

  /// The same, and the `@keys`, one beside each of the projects.
  package static let keyedParameters = parameters + [.init("keys") { $0.topics.map { $0.key?.text ?? "" } }]
}

extension FeedRow {
  package var key: TextKey? { nil }
  package static var keyed: KeyedQueries<Columns>? { nil }

  package var cursor: Cursor { Cursor(position: position, ordinal: ordinal) }
}
