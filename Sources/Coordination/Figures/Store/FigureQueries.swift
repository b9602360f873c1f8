import Journal
import Postgres

/// The statements that sum up what happened, under the names of their files.
enum FigureQueries {
  static let all: [any CheckedStatement] = [lag, begin, lock, range, rollUp, projects]

  static let lag = Query<(project: ProjectID, through: Int64), LagColumns>(
    "task_rollup_lag", PackageResources.task_rollup_lag_sql,
    [.init("project") { $0.project.text }, .init("through") { $0.through }])
  static let begin = Query<ProjectID, NoColumns>(
    "begin_task_rollup", PackageResources.begin_task_rollup_sql, [.init("project") { $0.text }])
  static let lock = Query<ProjectID, OneColumn<Int64>>(
    "lock_task_rollup", PackageResources.lock_task_rollup_sql, [.init("project") { $0.text }])
  static let range = Query<(project: ProjectID, through: Int64, limit: Int), FigureRange.Columns>(
    "task_rollup_range", PackageResources.task_rollup_range_sql,
    [
      .init("project") { $0.project.text }, .init("through") { $0.through }, .init("limit") { $0.limit },
    ])
  static let rollUp = Query<(project: ProjectID, range: FigureRange), NoColumns>(
    "roll_up_tasks", PackageResources.roll_up_tasks_sql,
    [
      .init("project") { $0.project.text }, .init("after") { $0.range.after },
      .init("through") { $0.range.through },
    ])
  static let projects = Query<Void, OneColumn<String>>(
    "projects_with_tasks", PackageResources.projects_with_tasks_sql)

  struct LagColumns: ColumnLayout {
    let position: Column<Int64>
    let isBehind: Column<Bool>

    init(_ find: inout ColumnFinder) {
      position = find("position")
      isBehind = find("is_behind")
    }
  }
}

/// What is to be added next: what happened after a position, up to another one.
struct FigureRange: DecodableRow {
  let after, through: Int64

  struct Columns: ColumnLayout {
    let after, through: Column<Int64>

    init(_ find: inout ColumnFinder) {
      after = find("after")
      through = find("through")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    after = try row.decode(columns.after)
    through = try row.decode(columns.through)
  }
}
