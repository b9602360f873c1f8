import Journal
import Postgres

/// The statements of the sweep, under the names of their files.
enum LifetimeQueries {
  static let all: [any CheckedStatement] = [
    projectsWithExpired, toExpire, lockExpired, projectsWithPurges, toPurge, purgeVersions, purgePayloads,
    lockPurged, purge, analyze,
  ]

  static let projectsWithExpired = Query<Void, OneColumn<String>>(
    "projects_with_expired", PackageResources.projects_with_expired_sql)
  static let toExpire = Query<Batch, OneColumn<String>>(
    "contexts_to_expire", PackageResources.contexts_to_expire_sql, batch)
  static let lockExpired = Query<IDsInProject, VersionedID.Columns>(
    "lock_expired_contexts", PackageResources.lock_expired_contexts_sql, CommonParameters.ids)
  static let projectsWithPurges = Query<Void, OneColumn<String>>(
    "projects_with_purges", PackageResources.projects_with_purges_sql)
  static let toPurge = Query<Batch, OneColumn<String>>(
    "contexts_to_purge", PackageResources.contexts_to_purge_sql, batch)
  static let purgeVersions = Query<PurgedRows, NoColumns>(
    "purge_versions", PackageResources.purge_versions_sql, purgedRows)
  static let purgePayloads = Query<PurgedRows, NoColumns>(
    "purge_payloads", PackageResources.purge_payloads_sql, purgedRows)
  static let lockPurged = Query<IDsInProject, VersionedID.Columns>(
    "lock_purged_contexts", PackageResources.lock_purged_contexts_sql, CommonParameters.ids)
  static let purge = Query<IDsInProject, NoColumns>(
    "purge_contexts", PackageResources.purge_contexts_sql, CommonParameters.ids)

  static let analyze = Query<Void, NoColumns>("analyze_contexts", PackageResources.analyze_contexts_sql)

  /// So many at once.
  typealias Batch = (project: ProjectID, limit: Int)
  /// So many rows at once, until they have so many bytes.
  typealias PurgedRows = (project: ProjectID, ids: [String], limit: Int, bytes: Int)

  private static let batch: [Parameter<Batch>] = [
    .init("project") { $0.project.text }, .init("limit") { $0.limit },
  ]
  private static let purgedRows: [Parameter<PurgedRows>] =
    parameters(CommonParameters.ids) { ($0.project, $0.ids) } + [
      .init("limit") { $0.limit }, .init("bytes") { $0.bytes },
    ]
}
