import GRPC
import Postgres

/// A lease as a call names it: the write counts only while the lease has this epoch.
///
/// The domain that gives leases out raises the epoch whenever the holder changes or is declared dead, with the row locked.
/// A write holds the row FOR SHARE until its commit, so the two exclude each other: after a revocation was acknowledged
/// nothing written under the former epoch can commit. Time alone loses no lease; the domain that revokes it looks at
/// `until`.
package struct Lease: Sendable, Hashable {
  package let id: String
  package let epoch: Int64

  package init(id: String, epoch: Int64) {
    self.id = id
    self.epoch = epoch
  }

  func lock(in project: ProjectID) -> WriteLock {
    WriteLock(.lease, [JournalQueries.lockLease.bind((project, self))])
  }

  /// - Parameter rows: What ``lock(in:)`` or `find_lease` returned.
  func isCurrent(_ rows: Rows) -> Bool { !rows.isEmpty }
}

extension Journal {
  /// Throws LEASE_LOST when the call's lease is no longer current: why a create has written nothing, and for what is
  /// kept outside of the journal, such as operations. Not a fence: the lease may be lost right afterwards.
  package func checkLease(of scope: CallScope) async throws(RPCError) {
    guard let lease = scope.lease else { return }
    let rows = try await database { () async throws(PostgresError) in
      try await pool.lookup(JournalQueries.findLease, (scope.project, lease)).rows
    }
    if !lease.isCurrent(rows) { throw .leaseLost(lease) }
  }
}

extension RPCError {
  package static func leaseLost(_ lease: Lease) -> RPCError {
    RPCError(
      .aborted, .leaseLost,
      "the lease \(lease.id) is not held with epoch \(lease.epoch) any more: nothing was written, stop this work",
      ["lease": lease.id, "epoch": String(lease.epoch)])
  }
}
