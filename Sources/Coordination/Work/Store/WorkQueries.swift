import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements of Work streams, under the names of their files.
enum WorkQueries {
  static let all: [any CheckedStatement] = [look, assigned, held, lost]

  static let look = Query<AgentID, WorkLook.Columns>(
    "look_at_work", PackageResources.look_at_work_sql,
    [.init("project") { $0.project.text }, .init("id") { $0.agent.text }])
  static let assigned = Query<Assigned, AssignedColumns>(
    "assigned_tasks", PackageResources.assigned_tasks_sql, including: TaskQueries.fragments,
    [
      .init("project") { $0.agent.project.text },
      .init("agent") { $0.agent.agent.text },
      .init("epoch") { $0.after.epoch },
      .init("after") { $0.after.task },
      .init("limit") { $0.limit },
      .init("bytes") { _ in Limits.answerBytes },
    ])
  static let held = Query<(agent: AgentID, since: Int64), DeathQueries.HeldColumns>(
    "held_tasks", PackageResources.held_tasks_sql,
    [
      .init("project") { $0.agent.project.text },
      .init("agent") { $0.agent.agent.text },
      .init("since") { $0.since },
    ])
  static let lost = Query<(project: ProjectID, tasks: [String]), LostWork.Columns>(
    "lost_tasks", PackageResources.lost_tasks_sql,
    [.init("project") { $0.project.text }, .init("tasks") { $0.tasks }])

  struct AssignedColumns: ColumnLayout {
    let task: TaskRow.Columns
    /// How many there are without the bounds of a page.
    let total: Column<Int>

    init(_ find: inout ColumnFinder) {
      task = TaskRow.Columns(&find)
      total = find("total")
    }
  }

  typealias Assigned = (agent: AgentID, after: TakingBack.Held, limit: Int)
}

/// What an agent's stream sees when it looks.
struct WorkLook: DecodableRow {
  let state: AgentState
  /// The position of the hello of the agent's newest stream.
  let stream: Int64
  let load: Int32
  let askedTime, beatTime: PostgresTimestamp?
  /// Of what it was given last; 0 when it holds nothing.
  let epoch: Int64

  struct Columns: ColumnLayout {
    let state, load: Column<Int32>
    let stream, epoch: Column<Int64>
    let askedTime, beatTime: Column<PostgresTimestamp?>

    init(_ find: inout ColumnFinder) {
      state = find("state")
      stream = find("stream")
      load = find("load")
      askedTime = find("asked_time")
      beatTime = find("beat_time")
      epoch = find("epoch")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    state = AgentState(rawValue: try row.decode(columns.state))
    stream = try row.decode(columns.stream)
    load = try row.decode(columns.load)
    askedTime = try row.decode(columns.askedTime)
    beatTime = try row.decode(columns.beatTime)
    epoch = try row.decode(columns.epoch)
  }
}

/// What became of a task that an agent held.
struct LostWork {
  let task: String
  let state: TaskState
  let epoch: Int64
  let failure: TaskFailure?
}

extension LostWork: DecodableRow {
  struct Columns: ColumnLayout {
    let task: Column<String>
    let state: Column<Int32>
    let epoch: Column<Int64>
    let failure: Column<[UInt8]?>

    init(_ find: inout ColumnFinder) {
      task = find("task_id")
      state = find("state")
      epoch = find("epoch")
      failure = find("failure")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    task = try row.decode(columns.task)
    state = TaskState(rawValue: try row.decode(columns.state))
    epoch = try row.decode(columns.epoch)
    failure = try row.decode(columns.failure).flatMap { try? TaskFailure(decoding: $0) }
  }
}

extension LostWork {
  /// What the agent is told that held it under a lease; nil when it knows: it completed the task over another channel.
  ///
  /// - Parameter found: Nil when the task is no longer kept.
  static func cancel(_ held: TakingBack.Held, found: LostWork?) -> WorkCancel? {
    var cancel = WorkCancel()
    cancel.task = held.task
    cancel.leaseEpoch = held.epoch
    guard let found else {
      cancel.reason = "released"
      return cancel
    }
    cancel.taskState = found.state
    if found.epoch != held.epoch {
      cancel.reason = "reassigned"
      return cancel
    }
    switch found.state {
    case .completed: return nil
    case .cancelled: cancel.reason = "cancelled"
    case .failed, .delayed: cancel.reason = found.failure?.reason ?? "released"
    // A release is no failure; one of an earlier attempt says nothing.
    default: cancel.reason = found.failure.map(\.reason) ?? "released"
    }
    return cancel
  }
}
