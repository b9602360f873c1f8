import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension TransferStore {
  /// The id of the journal that all positions belong to.
  func journalID() async throws(RPCError) -> UUID128 {
    try await database { () async throws(PostgresError) in
      try await pool.lookup(TransferQueries.findJournal, ()).value()
    }
  }

  /// The next contexts of an export.
  ///
  /// - Parameter rows: How many contexts to look at, those that a filter holds back included.
  func page(
    of export: ContextExport, after cursor: ExportCursor, rows limit: Int, in project: ProjectID
  ) async throws(RPCError) -> ExportPage {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(
        TransferQueries.export, export.composition(after: cursor, rows: limit, in: project))
      let columns = found.columns
      var page = ExportPage()
      for row in found.rows {
        page.looked += 1
        page.last = try row.decode(columns.pageID)
        if row.isNull(columns.context.id) { continue }
        let context = try Context(decoding: row, columns.context)
        let metadataBytes = columns.context.metadataBytes(in: row)
        page.contexts.append((context, context.sizeBound(metadataBytes: metadataBytes)))
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
      let found = try await pool.query(
        TransferQueries.exportVersions, (project, places, position, Limits.transferBytes))
      let columns = found.columns
      var versions: [(context: Context, size: Int)] = []
      var ends: [(place: Int, end: Int64)] = []
      var total = 0
      for row in found.rows {
        let context = try Context(decoding: row, columns.context)
        let metadataBytes = columns.context.metadataBytes(in: row)
        versions.append((context, context.sizeBound(metadataBytes: metadataBytes)))
        ends.append((try row.decode(columns.place), try row.decode(columns.validTo)))
        total = try row.decode(columns.total)
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
  func composition(after cursor: ExportCursor, rows: Int, in project: ProjectID) -> Composition {
    var query = TransferQueries.export.begin()
    query.add("export_columns")
    query.add("export_from", ["project": project.text])
    query.add("export_after", ["after": cursor.last, "limit": rows])
    add(to: &query, at: cursor.moment)
    query.add("export_bound", ["bytes": Limits.transferBytes])
    return query
  }

  /// Which of these contexts are exported and not deleted.
  func composition(finding ids: [String], at moment: Moment, in project: ProjectID) -> Composition {
    var query = TransferQueries.exported.begin()
    query.add("export_ids")
    query.add("export_from", ["project": project.text])
    query.add("export_these", ["ids": ids])
    var conditions = self
    conditions.conditions.showDeleted = false
    conditions.add(to: &query, at: moment)
    query.add("export_found")
    return query
  }

  private func add(to query: inout Composition, at moment: Moment) {
    query.add("export_images", ["position": moment.position])
    query.add(conditions, at: moment)
    query.add("export_end")
  }
}
