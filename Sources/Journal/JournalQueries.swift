import Postgres

/// The statements of `Queries/`, under the names of their files. Those of one subject stand beside what runs them.
package enum JournalQueries {
  /// For the test that goes over all statements.
  package static let all: [any CheckedStatement] =
    writing + requests + settling + feeds + upkeep + projects + operations + horizon + versions
}

extension SQLFragments {
  /// What statements of all domains include: `{draw}`, `{provenance}` with its columns, `{change_columns}`.
  package static let journal = SQLFragments(PackageResources.journal_fragments_sql)
}

/// The schema of this module, for the migrator.
package enum JournalMigrations {
  /// What the server does with the tables: history is only added to. Functions of the owner prune it.
  package static let rights = [
    TableRights("change", .insert),
    TableRights("hold", .insert, .update, .delete),
    TableRights("horizon"),
    TableRights("journal"),
    TableRights("journal_history"),
    TableRights("journal_token_key"),
    TableRights("journal_duty", .insert, .update, .delete),
    TableRights("lease", .insert, .update, .delete),
    TableRights("operation", .insert, .update, .delete),
    TableRights("project", .insert, .update),
    TableRights("project_version", .insert),
    TableRights("request", .insert, .update, .delete),
  ]

  package static let all = [
    Migration(module: "journal", file: "m0001_journal", PackageResources.m0001_journal_sql),
    Migration(module: "journal", file: "m0002_moments", PackageResources.m0002_moments_sql),
    Migration(module: "journal", file: "m0003_operations", PackageResources.m0003_operations_sql),
    Migration(module: "journal", file: "m0004_duties", PackageResources.m0004_duties_sql),
    Migration(module: "journal", file: "m0005_token_key", PackageResources.m0005_token_key_sql),
    Migration(module: "journal", file: "m0010_first_look", PackageResources.m0010_first_look_sql),
    Migration(module: "journal", file: "m0011_leases", PackageResources.m0011_leases_sql),
    Migration(module: "journal", file: "m0020_operation_lanes", PackageResources.m0020_operation_lanes_sql),
    Migration(module: "journal", file: "m0021_project_deletion", PackageResources.m0021_project_deletion_sql),
    Migration(module: "journal", file: "m0030_project_versions", PackageResources.m0030_project_versions_sql),
    Migration(module: "journal", file: "m0040_horizon", PackageResources.m0040_horizon_sql),
    Migration(module: "journal", file: "m0041_ended", PackageResources.m0041_ended_sql),
    Migration(
      module: "journal", file: "m0042_project_retention", PackageResources.m0042_project_retention_sql),
  ]
}
