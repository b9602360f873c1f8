import CairnAPI
import GRPC
import Journal
import Postgres

/// What goes with contexts that are purged, some rows at a time.
extension RelationshipStore {
  /// Rows deleted at once: a transaction of some tens of milliseconds, so that no feed waits for it.
  private static let batchRows = 1_000

  /// Removes some relationships of contexts, as a write of its own; returns how many. No reader
  /// has seen them since the contexts were deleted, but a client that replays the journal needs the record of their
  /// end.
  func purge(of ids: [String], in project: ProjectID) async throws(RPCError) -> Int {
    let lock = WriteLock(
      .relationship, [RelationshipQueries.lockPurged.bind((project, ids, Self.batchRows))])
    let result = try await journal.write(in: .sweep(of: project, as: "PurgeContexts"), locking: [lock]) {
      locked throws(RPCError) in
      let due = try PurgedRelationship.list(locked.rows[0])
      return WritePlan(
        due.count,
        statements: due.isEmpty
          ? []
          : [
            VersionedKind.relationships.removing(
              rows: due.map(\.key).columns + [due.map(\.end)], in: project)
          ],
        changes: due.map {
          ChangeRecord(
            kind: "relationship", id: $0.key.text, action: "purged", oldVersion: $0.version,
            newVersion: nil)
        })
    }
    guard case .written(let write) = result else { return 0 }
    return write.value
  }

  /// Removes some former relationships of contexts; returns how many.
  func purgeVersions(of ids: [String], in project: ProjectID) async throws(RPCError) -> Int {
    try await database { () async throws(PostgresError) in
      try await pool.write(RelationshipQueries.purgeVersions, (project, ids, Self.batchRows)).rows
        .affectedCount
    }
  }
}

/// A relationship that goes with a context.
struct PurgedRelationship: DecodableRow {
  let key: RelationshipKey
  let end: PostgresTimestamp
  let version: Int64

  /// The columns of `lock_purged_relationships`.
  struct Columns: ColumnLayout {
    let source, name, target: Column<String>
    let kind: Column<Int32>
    let end: Column<PostgresTimestamp>
    let version: Column<Int64>

    init(_ find: inout ColumnFinder) {
      source = find("from_id")
      kind = find("kind")
      name = find("name")
      target = find("to_id")
      end = find("valid_to")
      version = find("version")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    key = RelationshipKey(
      source: try row.decode(columns.source),
      kind: RelationshipKind(rawValue: try row.decode(columns.kind)),
      name: try row.decode(columns.name), target: try row.decode(columns.target))
    end = try row.decode(columns.end)
    version = try row.decode(columns.version)
  }

  static func list(_ rows: Rows) throws(RPCError) -> [PurgedRelationship] {
    try database { () throws(PostgresError) in try RelationshipQueries.lockPurged.results(rows).decoded() }
  }
}
