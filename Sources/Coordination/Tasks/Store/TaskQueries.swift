import CairnAPI
import Journal
import Postgres
import Requests
import Sessions
import Wire

/// The statements about tasks, under the names of their files.
enum TaskQueries {
  static let all: [any CheckedStatement] = [find, create, createNamed, findCreated]

  static let find = Query<(project: ProjectID, id: String), TaskRow.Columns>(
    "find_task", PackageResources.find_task_sql, including: fragments,
    [.init("project") { $0.project.text }, .init("id") { $0.id }])

  static let create = Query<NewTask, StampColumns>(
    "create_task", PackageResources.create_task_sql, including: submitting, newTask)
  /// The same, which keeps the answer of a named request as well.
  static let createNamed = Query<(create: NewTask, named: NamedCreate), StampColumns>(
    named: "create_named_task", PackageResources.create_task_sql, including: submitting, newTask)
  static let findCreated = Query<(project: ProjectID, id: String), StampColumns>(
    "find_submission", PackageResources.find_submission_sql,
    [.init("project") { $0.project.text }, .init("id") { $0.id }])

  /// For statements of all rooms of this module.
  static let fragments = SQLFragments(
    PackageResources.task_fragments_sql, including: EventQueries.fragments)

  static let submitting = SQLFragments(
    PackageResources.submission_fragments_sql, including: fragments, SessionStandings.fragments)

  typealias NewTask = (scope: CallScope, task: Submission)

  private static let newTask: [Parameter<NewTask>] =
    parameters(EventQueries.recording) { ($0.scope, RecordedEvents($0.task.events)) }
    + parameters(Submission.parameters) { [$0.task] }
    + [.init("session") { $0.task.draft.task.session.ifAny }]
}
