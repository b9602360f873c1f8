import CairnAPI
import Journal
import Postgres

/// The statements of exports and imports, under the names of their files.
enum TransferQueries {
  static let all: [any CheckedStatement] = [
    findJournal, exportRelationships, exportVersions, begin, lock, advance,
  ]

  /// Those of exports, and of lists the conditions.
  static let export = ComposedQuery<ExportedColumns>(
    "export_contexts",
    SQLFragments(PackageResources.export_contexts_sql, including: ContextQueries.list.fragments))
  /// Which of some contexts an export has.
  static let exported = ComposedQuery<OneColumn<String>>("export_contexts", export.fragments)
  static let findJournal = Query<Void, OneColumn<UUID128>>("find_journal", PackageResources.find_journal_sql)
  static let exportRelationships = Query<ExportedRelationships, Relationship.Columns>(
    "export_relationships", PackageResources.export_relationships_sql, including: .relationships,
    [
      .init("project") { $0.project.text },
      .init("position") { $0.position },
      .init("after_from") { $0.after.key.source },
      .init("after_kind") { Int16($0.after.key.kind.rawValue) },
      .init("after_name") { $0.after.key.name },
      .init("after_to") { $0.after.key.target },
      .init("after_end") { $0.after.end },
      .init("limit") { $0.limit },
    ])
  static let exportVersions = Query<ExportedVersions, ExportedVersionColumns>(
    "export_versions", PackageResources.export_versions_sql, including: .contexts,
    [
      .init("project") { $0.project.text },
      .init("ids") { $0.places.map(\.id) },
      .init("ends") { $0.places.map(\.after) },
      .init("position") { $0.position },
      .init("bytes") { $0.bytes },
    ])

  typealias ExportedRelationships = (
    project: ProjectID, position: Int64, after: ExportedRelationshipPlace, limit: Int
  )
  typealias ExportedVersions = (
    project: ProjectID, places: [VersionWaves.Place], position: Int64, bytes: Int
  )

  // MARK: Imports

  /// Its `seconds` say after how long the progress of an import that is not resumed is deleted.
  static let begin = Query<(key: ImportKey, mode: Int16, seconds: Int64), ImportProgress.Columns>(
    "begin_import", PackageResources.begin_import_sql, including: fragments,
    parameters(ImportKey.parameters) { $0.key } + [
      .init("mode") { $0.mode }, .init("seconds") { $0.seconds },
    ])
  static let lock = Query<ImportKey, OneColumn<Int64>>(
    "lock_import", PackageResources.lock_import_sql, ImportKey.parameters)
  static let advance = Query<(key: ImportKey, counts: ImportProgress), NoColumns>(
    "advance_import", PackageResources.advance_import_sql,
    parameters(ImportKey.parameters) { $0.key } + parameters(ImportProgress.parameters) { $0.counts })

  private static let fragments = SQLFragments(PackageResources.import_fragments_sql)
}

/// Which import.
struct ImportKey {
  let scope: CallScope
  let id: String

  static let parameters: [Parameter<ImportKey>] = [
    .init("project") { $0.scope.project.text },
    .init("method") { $0.scope.operation },
    .init("import_id") { $0.id },
  ]
}

/// The columns of `export_contexts`. Those of a context are NULL where one is not exported.
struct ExportedColumns: ColumnLayout {
  let context: Context.Columns
  let pageID: Column<String>

  init(_ find: inout ColumnFinder) {
    context = Context.Columns(&find)
    pageID = find("page_id")
  }
}

/// The columns of `export_versions`.
struct ExportedVersionColumns: ColumnLayout {
  let context: Context.Columns
  let validTo: Column<Int64>
  let place, total: Column<Int>

  init(_ find: inout ColumnFinder) {
    context = Context.Columns(&find)
    validTo = find("valid_to")
    place = find("place")
    total = find("total")
  }
}
