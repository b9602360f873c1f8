import Postgres

/// The schema of this module, for the migrator.
package enum SessionMigrations {
  /// What the server does with the tables: history is added to.
  package static let rights = [
    TableRights("session_version", .insert, .delete),
    TableRights("session_event", .insert, .delete),
  ]

  package static let all = [
    Migration(module: "sessions", file: "m0001_sessions", PackageResources.m0001_sessions_sql),
    Migration(module: "sessions", file: "m0002_recordings", PackageResources.m0002_recordings_sql),
    Migration(module: "sessions", file: "m0003_insight", PackageResources.m0003_insight_sql),
    Migration(module: "sessions", file: "m0004_analytics", PackageResources.m0004_analytics_sql),
  ]
}
