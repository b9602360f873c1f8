import Postgres

/// The schema of this module, for the migrator.
package enum CoordinationMigrations {
  /// What the server does with the tables: history is added to.
  package static let rights = [TableRights("coordination_event", .insert, .delete)]

  package static let all = [
    Migration(module: "coordination", file: "m0001_coordination", PackageResources.m0001_coordination_sql),
    Migration(module: "coordination", file: "m0002_queues", PackageResources.m0002_queues_sql),
    Migration(module: "coordination", file: "m0003_effects", PackageResources.m0003_effects_sql),
  ]
}
