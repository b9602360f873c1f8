import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// A row of `task` with all of it. Making a message of it takes time that grows with ``bytes``.
struct TaskRow: DecodableRow, Sendable {
  /// The task without what is only in its body, its result and its failures.
  let outline: CairnTask
  private let body: [UInt8]
  private let result: [UInt8]?
  private let failures: [[UInt8]]

  /// `{task_columns}`.
  struct Columns: ColumnLayout {
    let outline: CairnTask.Columns
    let body: Column<[UInt8]>
    let result: Column<[UInt8]?>
    let failures: Column<[[UInt8]]>

    init(_ find: inout ColumnFinder) {
      outline = CairnTask.Columns(&find)
      body = find("body")
      result = find("result")
      failures = find("failures")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    outline = try CairnTask(decoding: row, columns.outline)
    body = try row.decode(columns.body)
    result = try row.decode(columns.result)
    failures = try row.decode(columns.failures)
  }

  var bytes: Int { body.count + (result?.count ?? 0) + failures.reduce(0) { $0 + $1.count } }

  /// All of the task.
  func task() throws(RPCError) -> CairnTask {
    do throws(WireError) {
      var task = try CairnTask(decoding: body)
      task.take(outputOf: outline)
      task.result = try result.map { bytes throws(WireError) in try TaskResult(decoding: bytes) }
      task.failures = try failures.map { bytes throws(WireError) in try TaskFailure(decoding: bytes) }
      return task
    } catch {
      throw RPCError(.internal, .internal, "the stored task \(outline.id.quoted) cannot be read: \(error)")
    }
  }
}

extension CairnTask {
  /// What the server says of a task.
  fileprivate mutating func take(outputOf outline: CairnTask) {
    id = outline.id
    schedule = outline.schedule
    state = outline.state
    agent = outline.agent
    attempt = outline.attempt
    lease = outline.lease
    progress = outline.progress
    nextTime = outline.nextTime
    createTime = outline.createTime
    updateTime = outline.updateTime
    assignTime = outline.assignTime
    startTime = outline.startTime
    endTime = outline.endTime
    position = outline.position
    blockedBy = outline.blockedBy
  }
}
