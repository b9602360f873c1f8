import CairnAPI
import GRPC
import Journal
import Postgres

extension LifetimeStore {
  /// Contexts deleted at once: a transaction of some tens of milliseconds, so that no feed waits for it.
  private static let batchItems = 200

  /// Some of the contexts that have expired.
  func idsToExpire(in project: ProjectID) async throws(RPCError) -> [String] {
    try await ids(LifetimeQueries.toExpire, in: project, atMost: Self.batchItems)
  }

  /// Deletes contexts softly whose expiry was not moved since; returns how many.
  func expire(_ ids: [String], in project: ProjectID) async throws(RPCError) -> Int {
    let lock = WriteLock(.context, rows: ids, [LifetimeQueries.lockExpired.bind((project, ids))])
    let result = try await journal.write(in: .sweep(of: project, as: "ExpireContexts"), locking: [lock]) {
      locked throws(RPCError) in
      let due = try VersionedID.list(locked.rows[0], of: LifetimeQueries.lockExpired)
      let ids = due.map(\.id)
      return WritePlan(
        ids.count,
        statements: ids.isEmpty
          ? []
          : [ContextQueries.delete.bind((project, ids, .basic, contexts.retentionSeconds))],
        changes: due.map { .context($0.id, action: "expired", from: $0.version) })
    }
    guard case .written(let write) = result else { return 0 }
    return write.value
  }
}

/// A context and its version, as rows of ids and versions have them.
struct VersionedID: DecodableRow {
  let id: String
  let version: Int64

  struct Columns: ColumnLayout {
    let id: Column<String>
    let version: Column<Int64>

    init(_ find: inout ColumnFinder) {
      id = find("context_id")
      version = find("version")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    id = try row.decode(columns.id)
    version = try row.decode(columns.version)
  }

  static func list(_ rows: Rows, of query: Query<IDsInProject, Columns>) throws(RPCError) -> [VersionedID] {
    try database { () throws(PostgresError) in try query.results(rows).decoded() }
  }
}
