import CairnAPI
import Postgres
import Wire

/// A row of `operation`.
package struct OperationRow: Sendable, Equatable {
  package enum State: String, Sendable, CaseIterable { case running, done, failed, cancelled }

  package let project: ProjectID
  package let id: String
  package let kind: String
  /// What it is about, where a project may have several of its kind; else empty.
  package let subject: String
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
    subject = try row.decode(3)
    state = State(rawValue: try row.decode(4)) ?? .failed
    done = try row.decode(5)
    total = try row.decode(6)
    resume = try row.decode(7)
    createTime = try row.decode(8)
    updateTime = try row.decode(9)
    message = try row.decode(10)
  }
}

extension Operation {
  package init(_ row: OperationRow) {
    self.init()
    id = row.id
    kind = row.kind
    subject = row.subject
    state = State(row.state)
    done = row.done
    total = row.total
    createTime = WellKnown.Timestamp(row.createTime)
    updateTime = WellKnown.Timestamp(row.updateTime)
    message = row.message
  }
}

extension Operation.State {
  package init(_ state: OperationRow.State) {
    self =
      switch state {
      case .running: .running
      case .done: .done
      case .failed: .failed
      case .cancelled: .cancelled
      }
  }
}

extension WellKnown.Timestamp {
  package init(_ time: PostgresTimestamp) { self.init(seconds: time.seconds, nanos: time.nanoseconds) }
}
