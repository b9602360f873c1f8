import CairnAPI
import Journal
import Postgres
import Requests

/// The statements that lock and change tasks, under the names of their files.
enum ChangeQueries {
  static let all: [any CheckedStatement] = [
    lockLeases, lock, lockEnding, waiting, lockAgents, change, rivals,
  ]

  static let lockLeases = Query<TaskIDs, OneColumn<String>>(
    "lock_task_leases", PackageResources.lock_task_leases_sql, ids)
  static let lock = Query<TaskIDs, StoredTask.Columns>(
    "lock_tasks", PackageResources.lock_tasks_sql, including: TaskQueries.fragments, ids)
  static let lockEnding = Query<TaskIDs, StoredTask.Columns>(
    "lock_ending_tasks", PackageResources.lock_ending_tasks_sql, including: TaskQueries.fragments,
    ids + [.init("limit") { _ in TaskChanges.toldAtOnce }])
  static let waiting = Query<TaskIDs, WaitingTask.Columns>(
    "waiting_tasks", PackageResources.waiting_tasks_sql,
    ids + [.init("limit") { _ in TaskChanges.toldAtOnce }])
  static let lockAgents = Query<TaskIDs, OneColumn<String>>(
    "lock_task_agents", PackageResources.lock_task_agents_sql, ids)
  static let change = Query<(scope: CallScope, changes: TaskChanges), NoColumns>(
    "change_tasks", PackageResources.change_tasks_sql, including: TaskQueries.fragments,
    parameters(EventQueries.recording) { ($0.scope, RecordedEvents($0.changes.events)) }
      + parameters(TaskChange.parameters) { $0.changes.changes }
      + [
        .init("told") { $0.changes.told.map(\.task) },
        .init("told_of") { $0.changes.told.map(\.of) },
        .init("kept_failures") { _ in Limits.keptFailures },
      ])

  static let rivals = Query<(project: ProjectID, id: String), RivalColumns>(
    "unique_rivals", PackageResources.unique_rivals_sql,
    [.init("project") { $0.project.text }, .init("id") { $0.id }])

  struct RivalColumns: ColumnLayout {
    let id, key: Column<String>

    init(_ find: inout ColumnFinder) {
      id = find("task_id")
      key = find("unique_key")
    }
  }

  typealias TaskIDs = (project: ProjectID, ids: [String])

  private static let ids: [Parameter<TaskIDs>] = [
    .init("project") { $0.project.text }, .init("ids") { $0.ids },
  ]
}

extension TaskChange {
  fileprivate static let parameters: [Parameter<[TaskChange]>] = [
    .init("ids") { $0.map(\.before.id) },
    .init("states") { $0.map { Int16(truncatingIfNeeded: $0.state.rawValue) } },
    .init("are_steps") { $0.map(\.isStep) },
    .init("attempts") { $0.map(\.attempt) },
    .init("blocked_by") { $0.map(\.blockedBy) },
    .init("next_times") { $0.map { PostgresTimestamp($0.nextTime) } },
    .init("starting") { $0.map(\.starts) },
    .init("results") { $0.map { $0.result?.serializedBytes() } },
    .init("progresses") { $0.map { $0.progress?.serializedBytes() } },
    .init("task_failures") { $0.map { $0.failure?.serializedBytes() } },
    .init("attempt_ends") { $0.map(\.attemptEnd.rawValue) },
    .init("lingering") { $0.map(\.lingers) },
    .init("look_times") { $0.map { PostgresTimestamp($0.look) } },
  ]
}
