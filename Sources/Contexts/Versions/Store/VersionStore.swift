import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// What contexts were, in PostgreSQL.
struct VersionStore: Sendable {
  let contexts: ContextStore

  var pool: PostgresPool { contexts.pool }

  /// One page of a context's versions: one round trip, an answer of bounded size.
  func versions(
    _ list: VersionList, in project: ProjectID
  ) async throws(RPCError) -> ListContextVersionsResponse {
    let response = try await database { () async throws(PostgresError) -> ListContextVersionsResponse in
      let rows = try await pool.query(
        VersionQueries.list,
        [
          project.text, list.id, list.before, list.pageSize + 1,
          list.isFull ? Limits.answerBytes - Limits.payloadBytes : 0,
        ])
      var response = ListContextVersionsResponse()
      var bytes = 0
      for row in rows.prefix(list.pageSize) {
        if list.isFull, try !row.decode(ContextVersion.columnCount) { break }
        let version = try ContextVersion(
          decoding: row, contentColumn: list.isFull ? ContextVersion.columnCount + 1 : nil)
        bytes += version.context?.sizeBound(metadataBytes: row.metadataBytes) ?? 0
        if bytes > Limits.answerBytes, !response.versions.isEmpty { break }
        response.versions.append(version)
      }
      if let last = response.versions.last?.context, response.versions.count < rows.count {
        response.nextPageToken = list.nextPageToken(after: last.position)
      }
      return response
    }
    // Every context has a version, but those after a page may have been pruned.
    if response.versions.isEmpty, list.before == .max { throw .contextNotFound(list.id) }
    return response
  }

  /// The versions asked for, each with its provenance: one round trip.
  func versions(_ lookup: VersionLookup, in project: ProjectID) async throws(RPCError) -> FoundVersions {
    let found = try await database { () async throws(PostgresError) -> FoundVersions? in
      let rows = try await pool.read(
        VersionQueries.get,
        [project.text, lookup.id, lookup.version, lookup.other, lookup.isFull])
      return try FoundVersions(decoding: rows, isFull: lookup.isFull)
    }
    guard let found, found.life != .purged else { throw .contextNotFound(lookup.id) }
    return found
  }
}

/// One or two versions of a context, and what is known of the context itself.
struct FoundVersions {
  /// The version asked for, and the other one; nil when it is not kept.
  let version: ContextVersion?
  let other: ContextVersion?
  /// Which they are.
  let number: Int64
  let otherNumber: Int64?
  /// Of the context now.
  let life: ContextLife

  /// From the rows of `get_context_versions`; nil when there is no such context.
  init?(decoding rows: Rows, isFull: Bool) throws(PostgresError) {
    guard let first = rows.first else { return nil }
    let column = ContextVersion.columnCount
    let number: Int64 = try first.decode(column)
    let otherNumber: Int64? = try first.decode(column + 1)
    var images: [Int64: ContextVersion] = [:]
    for row in rows where !row.isNull(0) {
      let image = try ContextVersion(decoding: row, contentColumn: isFull ? column + 4 : nil)
      images[image.context?.version ?? 0] = image
    }
    version = images[number]
    other = otherNumber.flatMap { images[$0] }
    self.number = number
    self.otherNumber = otherNumber
    life = try ContextLife(decoding: first, at: column + 2)
  }
}

extension ContextVersion {
  /// Columns of a context, and nine more: action, then provenance.
  fileprivate static let columnCount = Context.columnCount + 9

  /// From the first ``columnCount`` columns.
  fileprivate init(decoding row: Row, contentColumn: Int?) throws(PostgresError) {
    self.init()
    context = try Context(decoding: row, contentColumn: contentColumn)
    let column = Context.columnCount
    if row.isNull(column) { return }
    kind = ContextChange.Kind(action: try row.decode(column))
    provenance = try Provenance(decoding: row, at: column + 1)
  }
}
