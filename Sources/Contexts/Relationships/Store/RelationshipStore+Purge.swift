import CairnAPI
import GRPC
import Journal
import Postgres

/// What goes with contexts that are purged, some rows at a time.
extension RelationshipStore {
  /// Rows deleted at once: a transaction of some tens of milliseconds, so that no feed waits for it.
  private static let batchRows = 1_000

  /// Removes some relationships of contexts, as a write of its own; returns how many. Nobody has seen them
  /// since the contexts were deleted, but who adds up the journal must learn of their end, too.
  func purge(of ids: [String], in project: ProjectID) async throws(RPCError) -> Int {
    let lock = WriteLock(
      .relationship, [RelationshipQueries.lockPurged.bind([project.text, ids, Self.batchRows])])
    let result = try await journal.write(.sweep(project, "PurgeContexts"), locking: [lock]) {
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
      try await pool.write(RelationshipQueries.purgeVersions, [project.text, ids, Self.batchRows])
        .affectedCount
    }
  }
}

/// A relationship that goes with a context.
private struct PurgedRelationship {
  let key: RelationshipKey
  let end: PostgresTimestamp
  let version: Int64

  /// From the rows of `lock_purged_relationships`.
  static func list(_ rows: Rows) throws(RPCError) -> [PurgedRelationship] {
    try database { () throws(PostgresError) in
      var list: [PurgedRelationship] = []
      for row in rows {
        let key = RelationshipKey(
          source: try row.decode(0),
          kind: RelationshipKind(rawValue: Int32(try row.decode(1, as: Int16.self))),
          name: try row.decode(2), target: try row.decode(3))
        list.append(
          PurgedRelationship(key: key, end: try row.decode(4), version: try row.decode(5)))
      }
      return list
    }
  }
}
