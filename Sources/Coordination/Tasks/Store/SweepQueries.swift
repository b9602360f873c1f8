import Journal
import Postgres

/// The statements of what comes due, under the names of their files.
enum SweepQueries {
  static let all: [any CheckedStatement] = [due, looks, next, purge, purgeTurns, projects]

  static let due = Query<Some, OneColumn<String>>("due_tasks", PackageResources.due_tasks_sql, some)
  static let looks = Query<Some, OneColumn<String>>(
    "tasks_to_look_at", PackageResources.tasks_to_look_at_sql, some)
  static let next = Query<ProjectID, NextColumns>(
    "next_due", PackageResources.next_due_sql, [.init("project") { $0.text }])
  static let purge = Query<Some, NoColumns>("purge_tasks", PackageResources.purge_tasks_sql, some)
  static let purgeTurns = Query<Some, NoColumns>("purge_turns", PackageResources.purge_turns_sql, some)
  static let projects = Query<Void, OneColumn<String>>(
    "projects_with_dues", PackageResources.projects_with_dues_sql)

  /// So many of a project.
  typealias Some = (project: ProjectID, limit: Int)

  private static let some: [Parameter<Some>] = [
    .init("project") { $0.project.text }, .init("limit") { $0.limit },
  ]

  struct NextColumns: ColumnLayout {
    let due: Column<PostgresTimestamp?>
    let now: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      due = find("due")
      now = find("now")
    }
  }
}
