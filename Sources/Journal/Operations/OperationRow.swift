import Postgres

/// A row of `operation`.
package struct OperationRow: Sendable, Equatable {
  package enum State: String, Sendable { case running, done, failed }

  package let project: ProjectID
  package let id: String
  package let kind: String
  package let state: State
  package let done: Int64
  package let total: Int64
  /// Where to go on, in the words of its kind; empty at the start.
  package let resume: String
  package let createTime: PostgresTimestamp
  package let updateTime: PostgresTimestamp
  package let message: String

  init(decoding row: Row) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(0))
    id = try row.decode(1)
    kind = try row.decode(2)
    state = State(rawValue: try row.decode(3)) ?? .failed
    done = try row.decode(4)
    total = try row.decode(5)
    resume = try row.decode(6)
    createTime = try row.decode(7)
    updateTime = try row.decode(8)
    message = try row.decode(9)
  }
}
