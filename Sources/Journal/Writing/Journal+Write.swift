import GRPC
import Postgres

extension Journal {
  /// ``write(_:in:)`` of one part.
  package func write<Value>(
    in scope: CallScope, locking locks: [WriteLock] = [],
    decide: @escaping (LockedRows) throws(RPCError) -> WritePlan<Value>
  ) async throws(RPCError) -> WriteResult<PlannedWrite<Value>> {
    try await write(WritePart(locking: locks, decide), in: scope)
  }

  /// Runs a write in the one right order: the project's lock and the transaction's id, the row locks, the position, the
  /// rest. Two round trips; one when there is nothing to lock.
  ///
  /// Writers of the rows that it will lock take turns before they take a connection. Under a lease the write counts only
  /// while the lease is current.
  ///
  /// Throws what the decisions throw, LEASE_LOST, and what may befall any write.
  package func write<Value>(
    _ part: WritePart<Value>, in scope: CallScope
  ) async throws(RPCError) -> WriteResult<PlannedWrite<Value>> {
    let fenced = scope.lease.map { part.fenced(by: $0, in: scope.project) } ?? part
    return try await inTurn(for: part.locks.flatMap(\.rows), in: scope) { () async throws(RPCError) in
      do throws(WriteFailure) {
        defer { ticker.nudge() }
        guard let request = scope.request else { return try await attempt(fenced, in: scope).result }
        return try await once(request, in: scope) { () async throws(WriteFailure) in
          try await attempt(fenced, in: scope)
        }
      } catch { throw error.error }
    }
  }

  private func attempt<Value>(
    _ part: WritePart<Value>, in scope: CallScope
  ) async throws(WriteFailure) -> WriteAttempt<PlannedWrite<Value>> {
    let order = LockOrder(part.locks)
    if order.statements.isEmpty {
      let plan = try decide(part, given: LockedRows([]))
      if plan.isEmpty, !keepsAnswer(of: plan, scope) { return WriteAttempt(try plan.nothing()) }
      return try await pool.transaction(.repeatable(scope.group)) { tx throws(WriteFailure) in
        if plan.isEmpty { return try await self.finishNothing(plan, in: scope, on: tx) }
        return try await self.finish(plan, in: scope, opening: [scope.prologue], on: tx)
      }
    }
    let opening = opening(of: scope)
    return try await pool.transaction(.repeatable(scope.group)) { tx throws(WriteFailure) in
      let rows = try await tx.running(opening + order.statements)
      if let answer = try self.answer(in: rows, scope) { return WriteAttempt(.repeated(answer)) }
      let plan = try self.decide(part, given: order.locked(rows.dropFirst(opening.count)))
      if plan.isEmpty { return try await self.finishNothing(plan, in: scope, on: tx) }
      return try await self.finish(plan, in: scope, opening: [], on: tx)
    }
  }

  /// Steps that come before the row locks. The twin of a named request waits in the second statement, and
  /// reads in the third one what was answered meanwhile.
  func opening(of scope: CallScope) -> [BoundStatement] {
    guard let request = scope.request else { return [scope.prologue] }
    return [
      scope.prologue,
      JournalQueries.lockRequest.bind(request.lockKey(in: scope)),
      JournalQueries.findRequest.bind((scope, request)),
    ]
  }

  /// What was answered to the request before, from the results of ``opening(of:)``.
  func answer(in rows: [Rows], _ scope: CallScope) throws(WriteFailure) -> StoredAnswer? {
    guard let request = scope.request else { return nil }
    let stored: StoredRequest
    do throws(PostgresError) {
      stored = try StoredRequest(try JournalQueries.findRequest.results(rows[2]))
    } catch { throw WriteFailure(error) }
    do throws(RPCError) { return try stored.answer(to: request) } catch { throw WriteFailure(error) }
  }

  private func decide<Value>(
    _ part: WritePart<Value>, given locked: LockedRows
  ) throws(WriteFailure) -> WritePlan<Value> {
    do throws(RPCError) { return try part.decide(locked) } catch { throw WriteFailure(error) }
  }

  /// Draws the position, writes, commits: one round trip.
  private func finish<Value>(
    _ plan: WritePlan<Value>, in scope: CallScope, opening: [BoundStatement], on tx: Transaction
  ) async throws(WriteFailure) -> WriteAttempt<PlannedWrite<Value>> {
    var statements = opening
    statements.append(JournalQueries.drawPosition.bind())
    let first = statements.count
    statements += plan.statements
    let changes = first + plan.statements.count
    if !plan.changes.isEmpty { statements.append(recording(plan.changes, in: scope)) }
    if let request = scope.request {
      statements.append(storingDrawn(plan.answer?() ?? [], for: request, in: scope))
    }
    if scope.effect == .takenBack {
      let results = try await tx.takingBack(statements)
      return WriteAttempt(.written(try plan.takenBack(results[first..<changes])))
    }
    let results = try await tx.committing(statements)
    return WriteAttempt(
      .written(try plan.written(results[first..<changes], drawn: results[first - 1])))
  }

  private func keepsAnswer<Value>(of plan: WritePlan<Value>, _ scope: CallScope) -> Bool {
    scope.request != nil && plan.answer != nil
  }

  /// Ends a write that changes nothing.
  private func finishNothing<Value>(
    _ plan: WritePlan<Value>, in scope: CallScope, on tx: Transaction
  ) async throws(WriteFailure) -> WriteAttempt<PlannedWrite<Value>> {
    if let request = scope.request, let answer = plan.answer {
      _ = try await tx.committing([storingRefusals(answer(), for: request, in: scope)])
    }
    return WriteAttempt(try plan.nothing())
  }

  private func recording(_ changes: [ChangeRecord], in scope: CallScope) -> BoundStatement {
    JournalQueries.recordChanges.bind((scope, changes))
  }
}

/// How one attempt at a named write ended.
struct WriteAttempt<Written> {
  let result: WriteResult<Written>
  /// Whether the result is final: false when the answer should have been stored and was not.
  let isStored: Bool
  /// Whether only an answer that has expired can have been in the way when there is none.
  let yieldsToAnswers: Bool

  init(_ result: WriteResult<Written>, isStored: Bool = true, yieldsToAnswers: Bool = false) {
    self.result = result
    self.isStored = isStored
    self.yieldsToAnswers = yieldsToAnswers
  }
}

extension WritePlan {
  /// The result of an empty plan.
  fileprivate func nothing() throws(WriteFailure) -> WriteResult<PlannedWrite<Value>> {
    .written(try concluded(WrittenRows(stamp: nil, rows: [])))
  }

  /// The result of a plan that was carried out and rolled back.
  fileprivate func takenBack(_ rows: ArraySlice<Rows>) throws(WriteFailure) -> PlannedWrite<Value> {
    try concluded(WrittenRows(stamp: nil, rows: rows))
  }

  /// The result of a plan that has committed.
  ///
  /// - Parameter drawn: What the draw returned.
  fileprivate func written(
    _ rows: ArraySlice<Rows>, drawn: Rows
  ) throws(WriteFailure) -> PlannedWrite<Value> {
    let stamp: Stamp
    do throws(PostgresError) {
      let drawn = try JournalQueries.drawPosition.results(drawn)
      stamp = try Stamp(decoding: try drawn.rows.only(), drawn.columns.stamp)
    } catch {
      throw WriteFailure(error)
    }
    return try concluded(WrittenRows(stamp: stamp, rows: rows))
  }

  private func concluded(_ written: WrittenRows) throws(WriteFailure) -> PlannedWrite<Value> {
    do throws(RPCError) { return PlannedWrite(value: try value(written), stamp: written.stamp) } catch {
      throw WriteFailure(error)
    }
  }
}
