import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What Work streams read.
struct WorkStore: Sendable {
  let tasks: TaskStore

  private var pool: PostgresPool { tasks.pool }

  /// Tasks of one page of assignments.
  private static let page = 50

  /// Nil when there is no such agent.
  func look(at agent: AgentID) async throws(RPCError) -> WorkLook? {
    try await database { () async throws(PostgresError) in
      try await pool.lookup(WorkQueries.look, agent).first(as: WorkLook.self)
    }
  }

  /// What an agent was given after a task: the first of it, and whether that is all.
  func assigned(
    to agent: AgentID, after last: TakingBack.Held, _ call: CallContext
  ) async throws(RPCError) -> (tasks: [CairnTask], isAll: Bool) {
    let (rows, total) = try await database { () async throws(PostgresError) in
      let found = try await pool.read(WorkQueries.assigned, (agent, last, Self.page))
      let rows = try found.map { row, columns throws(PostgresError) in
        try TaskRow(decoding: row, columns.task)
      }
      return (
        rows, try found.rows.first.map { row throws(PostgresError) in try row.decode(found.columns.total) }
      )
    }
    let tasks = try await tasks.blocking.work(on: rows.reduce(0) { $0 + $1.bytes }, for: call) {
      _ throws(RPCError) in
      var tasks: [CairnTask] = []
      for row in rows { tasks.append(try row.task()) }
      return tasks
    }
    return (tasks, rows.count == total ?? 0)
  }

  /// What an agent holds of what it was given since a position.
  func held(by agent: AgentID, since position: Int64) async throws(RPCError) -> Set<TakingBack.Held> {
    let held: [TakingBack.Held] = try await database { () async throws(PostgresError) in
      try await pool.read(WorkQueries.held, (agent, position)).decoded()
    }
    return Set(held)
  }

  /// What there is to say of tasks that an agent held.
  func cancels(of lost: [TakingBack.Held], in project: ProjectID) async throws(RPCError) -> [WorkCancel] {
    let found: [LostWork] = try await database { () async throws(PostgresError) in
      try await pool.read(WorkQueries.lost, (project, lost.map(\.task))).decoded()
    }
    let byTask = Dictionary(uniqueKeysWithValues: found.map { (TextKey($0.task), $0) })
    return lost.compactMap { LostWork.cancel($0, found: byTask[TextKey($0.task)]) }
  }
}
