import Postgres

/// The statements of exports and imports, under the names of their files.
enum TransferQueries {
  /// Those of exports, and of lists the conditions.
  static let export = QueryFragments(
    String(decoding: PackageResources.list_contexts_sql + PackageResources.export_contexts_sql, as: UTF8.self)
  )
  static let findJournal = Statement("find_journal", PackageResources.find_journal_sql)
  static let exportRelationships = Statement(
    "export_relationships", PackageResources.export_relationships_sql)
  static let exportVersions = Statement("export_versions", PackageResources.export_versions_sql)
  static let begin = Statement("begin_import", PackageResources.begin_import_sql)
  static let lock = Statement("lock_import", PackageResources.lock_import_sql)
  static let advance = Statement("advance_import", PackageResources.advance_import_sql)
}
