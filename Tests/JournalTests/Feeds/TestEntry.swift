import Journal
import Postgres

/// A row for tests without a database.
struct TestEntry: FeedRow, Hashable, CustomStringConvertible {
  let project: ProjectID
  let position: Int64
  let ordinal: Int32

  init(_ position: Int64, _ ordinal: Int32 = 0, project: ProjectID = .default) {
    self.project = project
    self.position = position
    self.ordinal = ordinal
  }

  init(decoding row: Row) throws(PostgresError) { fatalError("never stored") }
  static var pageStatement: Statement { fatalError("never stored") }
  static var tailStatement: Statement { fatalError("never stored") }

  var description: String { "\(position).\(ordinal)" }
}
