import CairnAPI
import GRPC
import Postgres
import Requests

/// A task that somebody wants an agent to have, as it is.
struct AssignableTask: DecodableRow {
  let task: ReadyTask
  let state: TaskState

  struct Columns: ColumnLayout {
    let task: ReadyTask.Columns
    let state: Column<Int32>

    init(_ find: inout ColumnFinder) {
      task = ReadyTask.Columns(&find)
      state = find("state")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    task = try ReadyTask(decoding: row, columns.task)
    state = TaskState(rawValue: try row.decode(columns.state))
  }
}

/// An agent that somebody wants to have a task, as it is.
struct AssignableAgent: DecodableRow {
  let agent: FreeAgent
  let state: AgentState

  struct Columns: ColumnLayout {
    let agent: FreeAgent.Columns
    let state: Column<Int32>

    init(_ find: inout ColumnFinder) {
      agent = FreeAgent.Columns(&find)
      state = find("state")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    agent = try FreeAgent(decoding: row, columns.agent)
    state = AgentState(rawValue: try row.decode(columns.state))
  }
}

/// A task for an agent, by somebody's decision: not the strategy's, nor the turn's. Limits hold nevertheless. Pure.
struct AssignmentByHand: Sendable {
  let task: String
  let agent: String

  init(validating request: AssignTaskRequest, _ violations: inout Violations) {
    violations.identifier(request.task, at: "task")
    violations.identifier(request.agent, at: "agent")
    (task, agent) = (request.task, request.agent)
  }

  /// Throws why not: all at once is not needed, since each reason ends it.
  func decide(
    _ task: AssignableTask?, _ agent: AssignableAgent?
  ) throws(RPCError) -> Assignments {
    guard let task else { throw .taskNotFound(self.task) }
    guard let agent else { throw .agentNotFound(self.agent) }
    if task.state != .queued { throw .taskStateMismatch(self.task, task.state, "assigned") }
    if agent.state != .active, agent.state != .idle { throw .agentUnavailable(self.agent, agent.state) }
    if agent.agent.load >= agent.agent.maxLoad { throw .agentUnavailable(self.agent, .busy) }
    if task.task.keyRoom.map({ $0 <= 0 }) ?? false || task.task.queueRoom.map({ $0 <= 0 }) ?? false {
      throw .limitReached(task.task)
    }
    var assignments = Assignments()
    assignments.pairs = [(task.task, self.agent)]
    return assignments
  }
}

extension RPCError {
  fileprivate static func limitReached(_ task: ReadyTask) -> RPCError {
    RPCError(
      .failedPrecondition, .limitReached, about: .task(task.id),
      "no more tasks may be held than are: of the queue \(task.queue.quoted), or with the concurrency key",
      ["task": task.id, "queue": task.queue, "concurrency_key": task.concurrencyKey ?? ""])
  }
}
