import Postgres

/// The statements of the sweep, under the names of their files.
enum LifetimeQueries {
  static let projectsWithExpired = Statement(
    "projects_with_expired", PackageResources.projects_with_expired_sql)
  static let toExpire = Statement("contexts_to_expire", PackageResources.contexts_to_expire_sql)
  static let lockExpired = Statement("lock_expired_contexts", PackageResources.lock_expired_contexts_sql)
  static let projectsWithPurges = Statement(
    "projects_with_purges", PackageResources.projects_with_purges_sql)
  static let toPurge = Statement("contexts_to_purge", PackageResources.contexts_to_purge_sql)
  static let purgeVersions = Statement("purge_versions", PackageResources.purge_versions_sql)
  static let purgePayloads = Statement("purge_payloads", PackageResources.purge_payloads_sql)
  static let lockPurged = Statement("lock_purged_contexts", PackageResources.lock_purged_contexts_sql)
  static let purge = Statement("purge_contexts", PackageResources.purge_contexts_sql)
}
