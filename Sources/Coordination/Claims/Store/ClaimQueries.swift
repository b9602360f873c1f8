import CairnAPI
import Journal
import Postgres

/// The statements about what agents hold, under the names of their files.
enum ClaimQueries {
  static let all: [any CheckedStatement] = [unbegun, held]

  static let unbegun = Query<Wanted, TaskRow.Columns>(
    "unbegun_tasks", PackageResources.unbegun_tasks_sql, including: TaskQueries.fragments,
    [
      .init("project") { $0.project.text },
      .init("agent") { $0.agent },
      .init("limit") { $0.limit },
      .init("bytes") { $0.bytes },
    ])
  static let held = Query<(project: ProjectID, agent: String, leases: [TaskLease]), HeldColumns>(
    "held_leases", PackageResources.held_leases_sql,
    [
      .init("project") { $0.project.text },
      .init("agent") { $0.agent },
      .init("tasks") { $0.leases.map(\.id) },
      .init("epochs") { $0.leases.map(\.epoch) },
    ])

  typealias Wanted = (project: ProjectID, agent: String, limit: Int, bytes: Int)

  struct HeldColumns: ColumnLayout {
    let task: Column<String>
    let epoch: Column<Int64>
    let expireTime: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      task = find("task_id")
      epoch = find("epoch")
      expireTime = find("expire_time")
    }
  }
}
