import Postgres

/// The schema of this module, for the migrator.
package enum ContextMigrations {
  /// What the server does with the tables: history is added to, and purged.
  package static let rights = [
    // The words of a version are made after it.
    TableRights("context_version", .insert, .updateOf("words"), .delete),
    TableRights("context_payload", .insert, .delete),
    TableRights("relationship_version", .insert, .delete),
    TableRights("template_version", .insert),
  ]

  package static let all = [
    Migration(module: "contexts", file: "m0001_contexts", PackageResources.m0001_contexts_sql),
    Migration(module: "contexts", file: "m0002_relationships", PackageResources.m0002_relationships_sql),
    Migration(module: "contexts", file: "m0003_search", PackageResources.m0003_search_sql),
    Migration(module: "contexts", file: "m0004_lifetime", PackageResources.m0004_lifetime_sql),
    Migration(module: "contexts", file: "m0005_memory", PackageResources.m0005_memory_sql),
    Migration(module: "contexts", file: "m0006_templates", PackageResources.m0006_templates_sql),
    Migration(module: "contexts", file: "m0007_transfer", PackageResources.m0007_transfer_sql),
    Migration(
      module: "contexts", file: "m0008_imported_versions", PackageResources.m0008_imported_versions_sql),
    Migration(module: "contexts", file: "m0009_windows", PackageResources.m0009_windows_sql),
    Migration(
      module: "contexts", file: "m0010_versions_by_number", PackageResources.m0010_versions_by_number_sql),
    Migration(module: "contexts", file: "m0011_shared_history", PackageResources.m0011_shared_history_sql),
    Migration(module: "contexts", file: "m0012_long_texts", PackageResources.m0012_long_texts_sql),
    Migration(module: "contexts", file: "m0020_fields", PackageResources.m0020_fields_sql),
    Migration(module: "contexts", file: "m0021_ranks", PackageResources.m0021_ranks_sql),
    Migration(module: "contexts", file: "m0022_short_writes", PackageResources.m0022_short_writes_sql),
    Migration(
      module: "contexts", file: "m0023_unfinished_words", PackageResources.m0023_unfinished_words_sql),
    Migration(module: "contexts", file: "m0024_questions", PackageResources.m0024_questions_sql),
    Migration(
      module: "contexts", file: "m0030_parts_of_relationships",
      PackageResources.m0030_parts_of_relationships_sql),
    Migration(module: "contexts", file: "m0040_pruning", PackageResources.m0040_pruning_sql),
    Migration(module: "contexts", file: "m0041_faster_writes", PackageResources.m0041_faster_writes_sql),
    Migration(module: "contexts", file: "m0042_statistics", PackageResources.m0042_statistics_sql),
  ]
}
