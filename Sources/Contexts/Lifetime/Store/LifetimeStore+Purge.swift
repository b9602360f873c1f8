import CairnAPI
import GRPC
import Journal
import Postgres

/// From its purge time on a context can neither be read nor changed nor brought back, so what goes with it
/// may go in several transactions: relationships first, each with its record in the journal, then what is
/// kept of former times, and last the context itself with its record.
extension LifetimeStore {
  /// Contexts purged at once, rows deleted at once, and bytes of these: transactions of some tens of
  /// milliseconds, so that no feed waits for them.
  private static let batchItems = 100
  private static let batchRows = 1_000
  private static let batchBytes = 16 << 20

  /// Some of the contexts whose time has come.
  func idsToPurge(in project: ProjectID) async throws(RPCError) -> [String] {
    try await ids(LifetimeQueries.toPurge, in: project, atMost: Self.batchItems)
  }

  /// Removes contexts for good; returns how many.
  func purge(
    _ ids: [String], in project: ProjectID, while mayGoOn: () async -> Bool
  ) async throws(RPCError) -> Int {
    while try await relationships.purge(of: ids, in: project) > 0 {
      guard await mayGoOn() else { return 0 }
    }
    while try await relationships.purgeVersions(of: ids, in: project) > 0 {
      guard await mayGoOn() else { return 0 }
    }
    for formerRows in [LifetimeQueries.purgeVersions, LifetimeQueries.purgePayloads] {
      while try await purge(formerRows, of: ids, in: project) > 0 {
        guard await mayGoOn() else { return 0 }
      }
    }
    let lock = WriteLock(.context, [LifetimeQueries.lockPurged.bind((project, ids))])
    let result = try await journal.write(in: .sweep(of: project, as: "PurgeContexts"), locking: [lock]) {
      locked throws(RPCError) in
      let due = try VersionedID.list(locked.rows[0], of: LifetimeQueries.lockPurged)
      let ids = due.map(\.id)
      return WritePlan(
        ids.count,
        statements: ids.isEmpty ? [] : [LifetimeQueries.purge.bind((project, ids))],
        changes: due.map {
          ChangeRecord(kind: "context", id: $0.id, action: "purged", oldVersion: $0.version, newVersion: nil)
        })
    }
    guard case .written(let write) = result else { return 0 }
    return write.value
  }

  /// Removes some of what is kept of former times; returns how many rows.
  private func purge(
    _ formerRows: Query<LifetimeQueries.PurgedRows, NoColumns>, of ids: [String], in project: ProjectID
  ) async throws(RPCError) -> Int {
    try await database { () async throws(PostgresError) in
      try await pool.write(formerRows, (project, ids, Self.batchRows, Self.batchBytes)).rows.affectedCount
    }
  }
}
