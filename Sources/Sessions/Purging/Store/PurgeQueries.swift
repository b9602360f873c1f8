import CairnAPI
import Journal
import Postgres
import Requests

/// The statements of purges, under the names of their files.
enum PurgeQueries {
  static let all: [any CheckedStatement] = [
    over, count, purgeable, events, entities, checkpoints, former, purge,
  ]

  static let over = Query<Page, OverColumns>(
    "sessions_over", PackageResources.sessions_over_sql, including: fragments,
    parameters(terms) { ($0.project, $0.purge) } + [
      .init("after_time") { $0.after.time }, .init("after_id") { $0.after.id },
      .init("limit") { $0.limit },
    ])
  static let count = Query<(project: ProjectID, purge: SessionPurge, ids: [String]), CountColumns>(
    "count_purges", PackageResources.count_purges_sql, including: fragments,
    parameters(terms) { ($0.project, $0.purge) } + [
      .init("ids") { $0.ids }, .init("among") { $0.purge.ids },
    ])
  static let purgeable = Query<Candidates, PurgedSession.Columns>(
    "purgeable_sessions", PackageResources.purgeable_sessions_sql, including: fragments,
    parameters(terms) { ($0.project, $0.purge) } + [
      .init("ids") { $0.ids }, .init("limit") { $0.limit }, .init("is_last") { $0.isLast },
    ])
  static let events = Query<Rows, NoColumns>(
    "purge_events", PackageResources.purge_events_sql, rows + [.init("bytes") { $0.bytes }])
  static let entities = Query<Rows, NoColumns>("purge_entities", PackageResources.purge_entities_sql, rows)
  static let checkpoints = Query<Rows, OneColumn<String>>(
    "purge_checkpoints", PackageResources.purge_checkpoints_sql,
    rows + [.init("hold_prefix") { _ in SessionCheckpoint.holdPrefix }])
  static let former = Query<Rows, NoColumns>(
    "purge_former_sessions", PackageResources.purge_former_sessions_sql, rows)
  static let purge = Query<(project: ProjectID, ids: [String]), NoColumns>(
    "purge_sessions", PackageResources.purge_sessions_sql,
    [.init("project") { $0.project.text }, .init("ids") { $0.ids }])

  typealias Page = (project: ProjectID, purge: SessionPurge, after: PurgePlace, limit: Int)
  typealias Candidates = (project: ProjectID, purge: SessionPurge, ids: [String], limit: Int, isLast: Bool)

  /// So many rows of some sessions at once, events until they have so many bytes.
  struct Rows {
    let project: ProjectID
    let ids: [String]
    let limit: Int
    let bytes: Int
  }

  private static let fragments = SQLFragments(PackageResources.purge_fragments_sql)
  private static let terms: [Parameter<(project: ProjectID, purge: SessionPurge)>] = [
    .init("project") { $0.project.text },
    .init("older_than") { $0.purge.olderThan },
    .init("deleted_only") { $0.purge.isOfDeletedOnly },
  ]
  private static let rows: [Parameter<Rows>] = [
    .init("project") { $0.project.text }, .init("ids") { $0.ids }, .init("limit") { $0.limit },
  ]
}

extension PurgeQueries {
  struct OverColumns: ColumnLayout {
    let id: Column<String>
    let overTime: Column<PostgresTimestamp>
    let mayGo: Column<Bool>

    init(_ find: inout ColumnFinder) {
      id = find("session_id")
      overTime = find("over_time")
      mayGo = find("may_go")
    }
  }

  struct CountColumns: ColumnLayout {
    let id: Column<String>
    let events: Column<Int64>

    init(_ find: inout ColumnFinder) {
      id = find("session_id")
      events = find("events")
    }
  }
}
