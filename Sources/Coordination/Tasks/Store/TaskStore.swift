import CairnAPI
import Commits
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Tasks in PostgreSQL: the tables `task`, `task_ready`, `task_later`, `task_deadline`, `task_held`, `task_dependency` and
/// `task_turn`.
struct TaskStore: Sendable {
  let store: CoordinationStore
  /// For work that would hold up a loop, as with megabytes of payload.
  let blocking: BlockingPool
  /// What may be written with the completion of a task.
  let commits: CommitParts

  var journal: Journal { store.journal }
  var pool: PostgresPool { store.pool }

  /// One task, all of it. TASK_NOT_FOUND when there is none.
  func task(_ id: String, in project: ProjectID, _ call: CallContext) async throws(RPCError) -> CairnTask {
    let row = try await row(id, in: project)
    return try await blocking.work(on: row.bytes, for: call) { _ throws(RPCError) in try row.task() }
  }

  private func row(_ id: String, in project: ProjectID) async throws(RPCError) -> TaskRow {
    let row = try await database { () async throws(PostgresError) in
      try await pool.read(TaskQueries.find, (project, id)).first(as: TaskRow.self)
    }
    guard let row else { throw .taskNotFound(id) }
    return row
  }
}
