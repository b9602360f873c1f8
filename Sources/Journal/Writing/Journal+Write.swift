import GRPC
import Postgres

extension Journal {
  /// Runs a write in the one right order: the project's lock and the transaction's id, the caller's row
  /// locks, the position, the rest. Two round trips; one when there is nothing to lock.
  ///
  /// `plan` decides with the locked rows before it and cannot write: it returns what is to be written. It may
  /// be run more than once, when the transaction lost against another one, so it changes nothing itself.
  /// What it throws takes everything back.
  /// - Parameters:
  ///   - rows: The rows that the write will lock: writers of one row take turns before they take a connection.
  ///   - locks: Statements that lock rows (`SELECT … ORDER BY key FOR UPDATE`), in key order.
  package func write<Value>(
    _ scope: CallScope, queueing rows: [RowKey] = [], locking locks: [BoundStatement] = [],
    _ plan: @escaping (LockedRows) async throws(RPCError) -> WritePlan<Value>
  ) async throws(RPCError) -> WriteResult<PlannedWrite<Value>> {
    try await inTurn(for: rows, scope) { () async throws(RPCError) in
      do throws(WriteFailure) {
        defer { ticker.nudge() }
        guard let request = scope.request else { return try await attempt(scope, locks, plan).result }
        return try await once(request, in: scope) { () async throws(WriteFailure) in
          try await attempt(scope, locks, plan)
        }
      } catch { throw error.error }
    }
  }

  private func attempt<Value>(
    _ scope: CallScope, _ locks: [BoundStatement],
    _ plan: @escaping (LockedRows) async throws(RPCError) -> WritePlan<Value>
  ) async throws(WriteFailure) -> WriteAttempt<PlannedWrite<Value>> {
    if locks.isEmpty {
      let decided = try await decide(plan, LockedRows([]))
      if decided.isEmpty, !keepsAnswer(of: decided, scope) { return WriteAttempt(decided.nothing) }
      return try await pool.transaction(.repeatable(scope.group)) { tx throws(WriteFailure) in
        if decided.isEmpty { return try await self.finishNothing(decided, scope, tx) }
        return try await self.finish(decided, scope, opening: [scope.prologue], tx)
      }
    }
    let opening = opening(of: scope)
    return try await pool.transaction(.repeatable(scope.group)) { tx throws(WriteFailure) in
      let rows = try await tx.running(opening + locks)
      if let answer = try self.answer(in: rows, scope) { return WriteAttempt(.repeated(answer)) }
      let decided = try await self.decide(plan, LockedRows(Array(rows.dropFirst(opening.count)), tx))
      if decided.isEmpty { return try await self.finishNothing(decided, scope, tx) }
      return try await self.finish(decided, scope, opening: [], tx)
    }
  }

  /// Steps that come before the row locks. The twin of a named request waits in the second statement, and
  /// reads in the third one what was answered meanwhile.
  private func opening(of scope: CallScope) -> [BoundStatement] {
    guard let request = scope.request else { return [scope.prologue] }
    return [
      scope.prologue,
      JournalQueries.lockRequest.bind([AdvisoryLockClass.request.rawValue, request.lockKey(in: scope)]),
      JournalQueries.findRequest.bind(request.parameters(in: scope)),
    ]
  }

  /// What was answered to the request before, from the results of ``opening(of:)``.
  private func answer(in rows: [Rows], _ scope: CallScope) throws(WriteFailure) -> StoredAnswer? {
    guard let request = scope.request else { return nil }
    let stored: StoredRequest
    do throws(PostgresError) { stored = try StoredRequest(rows[2]) } catch { throw WriteFailure(error) }
    do throws(RPCError) { return try stored.answer(to: request) } catch { throw WriteFailure(error) }
  }

  private func decide<Value>(
    _ plan: (LockedRows) async throws(RPCError) -> WritePlan<Value>, _ locked: LockedRows
  ) async throws(WriteFailure) -> WritePlan<Value> {
    do throws(RPCError) { return try await plan(locked) } catch { throw WriteFailure(error) }
  }

  /// Draws the position, writes, commits: one round trip.
  private func finish<Value>(
    _ plan: WritePlan<Value>, _ scope: CallScope, opening: [BoundStatement], _ tx: Transaction
  ) async throws(WriteFailure) -> WriteAttempt<PlannedWrite<Value>> {
    var statements = opening
    statements.append(JournalQueries.drawPosition.bind([]))
    let first = statements.count
    statements += plan.statements
    let changes = first + plan.statements.count
    if !plan.changes.isEmpty { statements.append(recording(plan.changes, in: scope)) }
    if let request = scope.request {
      statements.append(storing(plan.answer?() ?? [], for: request, in: scope))
    }
    let results = try await tx.committing(statements)
    do throws(PostgresError) {
      let written = PlannedWrite(
        value: plan.value, stamp: try Stamp(decoding: try results[first - 1].only()),
        rows: Array(results[first..<changes]))
      let isStored = scope.request == nil || results[results.count - 1].affectedCount > 0
      return WriteAttempt(.written(written), isStored: isStored)
    } catch { throw WriteFailure(error) }
  }

  private func keepsAnswer<Value>(of plan: WritePlan<Value>, _ scope: CallScope) -> Bool {
    scope.request != nil && plan.answer != nil
  }

  /// Ends a write that changes nothing.
  private func finishNothing<Value>(
    _ plan: WritePlan<Value>, _ scope: CallScope, _ tx: Transaction
  ) async throws(WriteFailure) -> WriteAttempt<PlannedWrite<Value>> {
    if let request = scope.request, let answer = plan.answer {
      _ = try await tx.committing([storingRefusals(answer(), for: request, in: scope)])
    }
    return WriteAttempt(plan.nothing)
  }

  private func recording(_ changes: [ChangeRecord], in scope: CallScope) -> BoundStatement {
    JournalQueries.recordChanges.bind(
      scope.parameters + [
        changes.map(\.kind), changes.map(\.id), changes.map(\.action), changes.map(\.oldVersion),
        changes.map(\.newVersion),
      ])
  }
}

/// How one attempt at a named write ended.
struct WriteAttempt<Written> {
  let result: WriteResult<Written>
  /// Whether the result is final: false when the answer should have been stored and was not.
  let isStored: Bool

  init(_ result: WriteResult<Written>, isStored: Bool = true) {
    self.result = result
    self.isStored = isStored
  }
}

extension WritePlan {
  /// The result of an empty plan.
  fileprivate var nothing: WriteResult<PlannedWrite<Value>> {
    .written(PlannedWrite(value: value, stamp: nil, rows: []))
  }
}
