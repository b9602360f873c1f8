import Postgres

/// The statements of `Queries/`, under the names of their files.
enum ContextQueries {
  static let get = Statement(
    "get_context", PackageResources.get_context_sql,
    merged: Statement("get_context_merged", PackageResources.get_context_merged_sql))
  static let getBasic = Statement(
    "get_context_basic", PackageResources.get_context_basic_sql,
    merged: Statement("get_context_basic_merged", PackageResources.get_context_basic_merged_sql))
  static let getSeveral = Statement("get_contexts", PackageResources.get_contexts_sql)
  static let getSeveralBasic = Statement("get_contexts_basic", PackageResources.get_contexts_basic_sql)
  static let images = Statement("context_images", PackageResources.context_images_sql)
  static let getAsOf = Statement("get_context_as_of", PackageResources.get_context_as_of_sql)
  static let getSeveralAsOf = Statement("get_contexts_as_of", PackageResources.get_contexts_as_of_sql)
  static let getVersions = Statement("get_context_versions", PackageResources.get_context_versions_sql)
  static let listVersions = Statement("list_context_versions", PackageResources.list_context_versions_sql)
  static let findVersion = Statement("find_context_version", PackageResources.find_context_version_sql)
  static let findIDs = Statement("find_context_ids", PackageResources.find_context_ids_sql)
  static let findCreated = Statement("find_created_context", PackageResources.find_created_context_sql)

  static let waitForContext = Statement("wait_for_context", PackageResources.wait_for_context_sql)
  static let create = Statement("create_context", PackageResources.create_context_sql, including: [.draw])
  static let insert = Statement("insert_contexts", PackageResources.insert_contexts_sql)
  static let lock = Statement("lock_contexts", PackageResources.lock_contexts_sql)
  static let update = Statement("update_context", PackageResources.update_context_sql)
  static let updateSeveral = Statement("update_contexts", PackageResources.update_contexts_sql)
  static let delete = Statement("delete_contexts", PackageResources.delete_contexts_sql)
  static let restore = Statement("restore_context", PackageResources.restore_context_sql)
  static let projectsWithExpired = Statement(
    "projects_with_expired", PackageResources.projects_with_expired_sql)
  static let toExpire = Statement("contexts_to_expire", PackageResources.contexts_to_expire_sql)
  static let lockExpired = Statement("lock_expired_contexts", PackageResources.lock_expired_contexts_sql)
  static let projectsWithPurges = Statement(
    "projects_with_purges", PackageResources.projects_with_purges_sql)
  static let toPurge = Statement("contexts_to_purge", PackageResources.contexts_to_purge_sql)
  static let purgeVersions = Statement("purge_versions", PackageResources.purge_versions_sql)
  static let purgePayloads = Statement("purge_payloads", PackageResources.purge_payloads_sql)
  static let purgeRelationshipVersions = Statement(
    "purge_relationship_versions", PackageResources.purge_relationship_versions_sql)
  static let lockPurged = Statement("lock_purged_contexts", PackageResources.lock_purged_contexts_sql)
  static let purge = Statement("purge_contexts", PackageResources.purge_contexts_sql)
  static let undelete = Statement("undelete_contexts", PackageResources.undelete_contexts_sql)

  static let list = QueryFragments(String(decoding: PackageResources.list_contexts_sql, as: UTF8.self))
  static let searchStatistics = Statement("search_statistics", PackageResources.search_statistics_sql)
  static let count = Statement("count_contexts", PackageResources.count_contexts_sql)
  static let renewWords = Statement("renew_words", PackageResources.renew_words_sql)
  static let renewOtherWords = Statement("renew_other_words", PackageResources.renew_other_words_sql)
  static let awaitTransactions = Statement("await_transactions", PackageResources.await_transactions_sql)
  static let deferWords = Statement("defer_words", PackageResources.defer_words_sql)
  static let finishWords = Statement("finish_words", PackageResources.finish_words_sql)
  static let settleWords = Statement("settle_words", PackageResources.settle_words_sql)
  static let unfinishedWords = Statement("unfinished_words", PackageResources.unfinished_words_sql)
  static let search = QueryFragments(String(decoding: PackageResources.search_contexts_sql, as: UTF8.self))
  /// Those of exports, and of lists the conditions.
  static let export = QueryFragments(
    String(decoding: PackageResources.list_contexts_sql + PackageResources.export_contexts_sql, as: UTF8.self)
  )
  /// Those of watches with a filter, and of lists the conditions.
  static let watch = QueryFragments(
    String(decoding: PackageResources.list_contexts_sql + PackageResources.watch_contexts_sql, as: UTF8.self)
  )
  static let findJournal = Statement("find_journal", PackageResources.find_journal_sql)
  static let exportRelationships = Statement(
    "export_relationships", PackageResources.export_relationships_sql)
  static let exportVersions = Statement("export_versions", PackageResources.export_versions_sql)
  static let beginImport = Statement("begin_import", PackageResources.begin_import_sql)
  static let lockImport = Statement("lock_import", PackageResources.lock_import_sql)
  static let advanceImport = Statement("advance_import", PackageResources.advance_import_sql)
  static let overwrite = Statement("overwrite_contexts", PackageResources.overwrite_contexts_sql)
}

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
  ]
}
