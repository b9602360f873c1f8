import CairnAPI
import Postgres
import Wire

/// A row of `operation`.
package struct OperationRow: DecodableRow, Sendable, Equatable {
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

  /// `{operation_columns}`.
  package struct Columns: ColumnLayout {
    let project, id, kind, subject, state, resume, message: Column<String>
    let done, total: Column<Int64>
    let createTime, updateTime: Column<PostgresTimestamp>

    package init(_ find: inout ColumnFinder) {
      project = find("project_id")
      id = find("operation_id")
      kind = find("kind")
      subject = find("subject")
      state = find("state")
      done = find("done")
      total = find("total")
      resume = find("resume")
      createTime = find("create_time")
      updateTime = find("update_time")
      message = find("message")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(columns.project))
    id = try row.decode(columns.id)
    kind = try row.decode(columns.kind)
    subject = try row.decode(columns.subject)
    state = State(rawValue: try row.decode(columns.state)) ?? .failed
    done = try row.decode(columns.done)
    total = try row.decode(columns.total)
    resume = try row.decode(columns.resume)
    createTime = try row.decode(columns.createTime)
    updateTime = try row.decode(columns.updateTime)
    message = try row.decode(columns.message)
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
