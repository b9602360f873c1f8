import Journal
import Postgres

/// The statements that sum up logs, under the names of their files.
enum RollupQueries {
  static let all: [any CheckedStatement] = [lag, begin, lock, range, rollUp, projects]

  static let lag = Query<(project: ProjectID, through: Int64), LagColumns>(
    "rollup_lag", PackageResources.rollup_lag_sql,
    [.init("project") { $0.project.text }, .init("through") { $0.through }])
  static let begin = Query<ProjectID, NoColumns>(
    "begin_rollup", PackageResources.begin_rollup_sql, [.init("project") { $0.text }])
  static let lock = Query<ProjectID, OneColumn<Int64>>(
    "lock_rollup", PackageResources.lock_rollup_sql, [.init("project") { $0.text }])
  static let range = Query<(project: ProjectID, through: Int64, limit: Int), RollupRange.Columns>(
    "rollup_range", PackageResources.rollup_range_sql,
    [
      .init("project") { $0.project.text }, .init("through") { $0.through }, .init("limit") { $0.limit },
    ])
  static let rollUp = Query<(project: ProjectID, range: RollupRange), NoColumns>(
    "roll_up", PackageResources.roll_up_sql,
    [
      .init("project") { $0.project.text },
      .init("after") { $0.range.after },
      .init("through") { $0.range.through },
      .init("widths") { _ in TrendCover.widths.map { Int32($0) } },
    ])
  static let projects = Query<Void, OneColumn<String>>(
    "projects_with_sessions", PackageResources.projects_with_sessions_sql)

  struct LagColumns: ColumnLayout {
    let position: Column<Int64>
    let now: Column<PostgresTimestamp>
    let isBehind: Column<Bool>

    init(_ find: inout ColumnFinder) {
      position = find("position")
      now = find("now")
      isBehind = find("is_behind")
    }
  }
}

/// What is to be added next: what was appended after a position, up to another one.
struct RollupRange: DecodableRow {
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
