import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension TransferStore {
  /// The id of the journal that all positions belong to.
  func journalID() async throws(RPCError) -> UUID128 {
    try await database { () async throws(PostgresError) in
      try await pool.lookup(TransferQueries.findJournal, []).only().decode(0)
    }
  }

  /// The next contexts of an export.
  ///
  /// - Parameter rows: How many contexts to look at, those that a filter holds back included.
  func page(
    of export: ContextExport, after cursor: ExportCursor, rows limit: Int, in project: ProjectID
  ) async throws(RPCError) -> ExportPage {
    try await database { () async throws(PostgresError) in
      let query = export.statement(after: cursor, rows: limit, in: project)
      let rows = try await pool.query(query.statement, query.parameters)
      var page = ExportPage()
      for row in rows {
        page.looked += 1
        page.last = try row.decode(Context.columnCount)
        if row.isNull(0) { continue }
        let context = try Context(decoding: row, contentColumn: Context.columnCount + 1)
        page.contexts.append((context, context.sizeBound(metadataBytes: row.metadataBytes)))
      }
      return page
    }
  }

  /// The next former versions of contexts, with the bytes that each is at most.
  func versions(
    _ waves: inout VersionWaves, at position: Int64, in project: ProjectID
  ) async throws(RPCError) -> [(context: Context, size: Int)] {
    let places = waves.places
    let (versions, ends, total) = try await database { () async throws(PostgresError) in
      let rows = try await pool.query(
        TransferQueries.exportVersions,
        [project.text, places.map(\.id), places.map(\.after), position, Limits.transferBytes])
      var versions: [(context: Context, size: Int)] = []
      var ends: [(place: Int, end: Int64)] = []
      var total = 0
      for row in rows {
        let context = try Context(decoding: row, contentColumn: Context.columnCount)
        versions.append((context, context.sizeBound(metadataBytes: row.metadataBytes)))
        let end = Context.columnCount + 2
        ends.append((try row.decode(end + 1), try row.decode(end)))
        total = try row.decode(end + 2)
      }
      return (versions, ends, total)
    }
    waves.found(ends, isWhole: ends.count == total)
    return versions
  }
}

/// What one look at the contexts of a project found for an export.
struct ExportPage {
  /// With the bytes that each is at most.
  var contexts: [(context: Context, size: Int)] = []
  /// The id of the last context looked at; nil when there are no more.
  var last: String?
  var looked = 0
}

extension ContextExport {
  fileprivate func statement(after cursor: ExportCursor, rows: Int, in project: ProjectID) -> BoundStatement {
    var query = QueryFragments.Composition(TransferQueries.export)
    query.add("export_columns")
    query.add("export_from", project.text)
    query.add("export_after", cursor.last, rows)
    add(to: &query, at: cursor.moment)
    query.add("export_bound", Limits.transferBytes)
    return query.statement
  }

  /// Which of these contexts are exported and not deleted.
  func statement(finding ids: [String], at moment: Moment, in project: ProjectID) -> BoundStatement {
    var query = QueryFragments.Composition(TransferQueries.export)
    query.add("export_ids")
    query.add("export_from", project.text)
    query.add("export_these", ids)
    var conditions = self
    conditions.conditions.showDeleted = false
    conditions.add(to: &query, at: moment)
    query.add("export_found")
    return query.statement
  }

  private func add(to query: inout QueryFragments.Composition, at moment: Moment) {
    let position = moment.position
    query.add("export_images", position, position, position, position)
    query.add(conditions, at: moment)
    query.add("export_end")
  }
}
