import GRPC
import Postgres

extension Journal {
  /// Appends to a log in one statement with appends to other logs of the project that wait at the same moment, and to the
  /// same one; returns its row when their transaction has committed.
  ///
  /// Returns nil, with nothing written, where the append must be made by itself, with ``create(in:keys:write:named:found:answer:)``:
  /// when others have locked its log, when something stands against it, when the statement failed. So whoever waits for a
  /// locked log, or is refused, waits and is refused by itself.
  ///
  /// - Parameters:
  ///   - writes: Locks those of the heads that are free, and writes as a create does, each append at a position of its own.
  ///   - scope: Of a call without a request id and a lease, whose writes are kept.
  package func appendTogether<Input, Columns>(
    _ writes: MergedWrites<Input, Columns>, _ input: Input, to head: RowKey, in scope: CallScope
  ) async throws(RPCError) -> Results<Columns>? {
    precondition(scope.request == nil && scope.lease == nil && scope.effect == .kept)
    defer { ticker.nudge() }
    let key = Array("\(head.kind.name)\u{0}\(head.id.text)".utf8)
    do throws(PostgresError) {
      let rows = try await pool.mergedWrite(
        writes, input, of: key, group: scope.group, prologue: [scope.prologue])
      return rows.isEmpty ? nil : try writes.results(rows)
    } catch {
      if error.mayBeOfOneMember, !error.isLockTimeout { return nil }
      throw RPCError(error)
    }
  }
}
