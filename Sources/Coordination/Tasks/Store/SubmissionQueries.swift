import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements that store several tasks, or tasks that depend on what there is, under the names of their files.
enum SubmissionQueries {
  static let all: [any CheckedStatement] = [lock, now, openTurns, submit]

  static let lock = Query<(project: ProjectID, tasks: [NamedTask]), StoredTask.Columns>(
    "lock_submission", PackageResources.lock_submission_sql, including: TaskQueries.fragments,
    [
      .init("project") { $0.project.text },
      .init("ids") { $0.tasks.lockedIDs },
      .init("types") { $0.tasks.filter(\.isUnique).map(\.draft.task.type) },
      .init("keys") { $0.tasks.filter(\.isUnique).map(\.draft.task.uniqueKey) },
    ])
  static let now = Query<Void, OneColumn<PostgresTimestamp>>(
    "database_time", PackageResources.database_time_sql)
  static let openTurns = Query<(project: ProjectID, tasks: [Submission]), NoColumns>(
    "open_turns", PackageResources.open_turns_sql,
    [
      .init("project") { $0.project.text },
      .init("lanes") { $0.tasks.map(\.draft.lane.key) },
      .init("classes") { $0.tasks.map { Int16(truncatingIfNeeded: $0.draft.task.taskClass.rawValue) } },
      .init("priorities") { $0.tasks.map(\.draft.task.priority) },
      .init("fairness_keys") { $0.tasks.map(\.draft.task.fairnessKey) },
    ])
  static let submit = Query<(scope: CallScope, tasks: [Submission]), NoColumns>(
    "submit_tasks", PackageResources.submit_tasks_sql, including: TaskQueries.submitting,
    parameters(EventQueries.recording) { ($0.scope, RecordedEvents($0.tasks.flatMap(\.events))) }
      + parameters(Submission.parameters) { $0.tasks }
      + parameters(Submission.dependencyParameters) { $0.tasks })
}

extension NamedTask {
  var isUnique: Bool { !draft.task.uniqueKey.isEmpty }
}

extension [NamedTask] {
  /// Those that may be there: with ids of clients, and what they wait for.
  var lockedIDs: [String] {
    var ids: Set<TextKey> = []
    for task in self {
      if !task.draft.id.isEmpty { _ = ids.add(task.id) }
      for dependency in task.draft.dependencies { _ = ids.add(dependency.task) }
    }
    return ids.sortedTexts
  }
}
