import GRPC
import Postgres

/// The rows that a write has locked, and the way to lock more while it decides.
package struct LockedRows {
  /// What each of the locking statements returned.
  package let rows: [Rows]
  private let transaction: Transaction?

  init(_ rows: [Rows], _ transaction: Transaction? = nil) {
    self.rows = rows
    self.transaction = transaction
  }

  /// Locks more rows: one more round trip. Keep to the order of keys. Only in a write that locks from the
  /// start.
  package func lock(_ statements: [BoundStatement]) async throws(RPCError) -> [Rows] {
    guard let transaction else { preconditionFailure("a write without locks cannot lock later") }
    do throws(WriteFailure) { return try await transaction.running(statements) } catch { throw error.error }
  }
}
