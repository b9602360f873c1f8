import Journal
import Postgres
import Wire

/// A row for tests without a database.
struct TestEntry: FeedRow, Hashable, CustomStringConvertible {
  let project: ProjectID
  let position: Int64
  let ordinal: Int32
  let key: TextKey?

  init(_ position: Int64, _ ordinal: Int32 = 0, project: ProjectID = .default, key: TextKey? = nil) {
    self.key = key
    self.project = project
    self.position = position
    self.ordinal = ordinal
  }

  init(decoding row: Row, _: NoColumns) throws(PostgresError) { fatalError("never stored") }
  static var feedName: String { "test" }
  static var page: Query<FeedPage, NoColumns> { fatalError("never stored") }
  static var tail: Query<FeedTail, NoColumns> { fatalError("never stored") }

  var description: String { "\(position).\(ordinal)" }
}

extension FeedTopic {
  /// Everything of the default project.
  static let `default` = FeedTopic(.default)
}
