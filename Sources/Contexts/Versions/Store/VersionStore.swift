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
      let found = try await pool.query(
        VersionQueries.list,
        (
          project, list.id, list.before, list.pageSize + 1,
          list.detail == .full ? Limits.answerBytes - Limits.payloadBytes : 0
        ))
      let columns = found.columns
      var response = ListContextVersionsResponse()
      var bytes = 0
      for row in found.rows.prefix(list.pageSize) {
        if list.detail == .full, try !row.decode(columns.isWhole) { break }
        let version = try ContextVersion(decoding: row, columns.version)
        let metadataBytes = columns.version.context.metadataBytes(in: row)
        bytes += version.context?.sizeBound(metadataBytes: metadataBytes) ?? 0
        if bytes > Limits.answerBytes, !response.versions.isEmpty { break }
        response.versions.append(version)
      }
      if let last = response.versions.last?.context, response.versions.count < found.count {
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
      try FoundVersions(decoding: try await pool.read(VersionQueries.get, (project, lookup)))
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

  struct Columns: ColumnLayout {
    let version: ContextVersion.Columns
    let wanted, life: Column<Int64>
    let other: Column<Int64?>

    init(_ find: inout ColumnFinder) {
      version = ContextVersion.Columns(&find)
      wanted = find("wanted")
      other = find("other")
      life = find("life")
    }
  }

  /// From the rows of `get_context_versions`; nil when there is no such context.
  init?(decoding found: Results<Columns>) throws(PostgresError) {
    guard let first = found.rows.first else { return nil }
    let columns = found.columns
    number = try first.decode(columns.wanted)
    otherNumber = try first.decode(columns.other)
    var images: [Int64: ContextVersion] = [:]
    for row in found.rows where !row.isNull(columns.version.context.id) {
      let image = try ContextVersion(decoding: row, columns.version)
      images[image.context?.version ?? 0] = image
    }
    version = images[number]
    other = otherNumber.flatMap { images[$0] }
    life = try ContextLife(decoding: first, columns.life)
  }
}

extension ContextVersion {
  /// A context, and the change that made it, as far as that is kept.
  struct Columns: ColumnLayout {
    let context: Context.Columns
    let action: Column<String?>
    let provenance: Provenance.Columns

    init(_ find: inout ColumnFinder) {
      context = Context.Columns(&find)
      action = find("action")
      provenance = Provenance.Columns(&find)
    }
  }

  fileprivate init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    context = try Context(decoding: row, columns.context)
    guard let action = try row.decode(columns.action) else { return }
    kind = ContextChange.Kind(action: action)
    provenance = try Provenance(decoding: row, columns.provenance)
  }
}
