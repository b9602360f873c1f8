import GRPC
import Postgres

extension Journal {
  /// Runs a write that needs no look at existing rows: one statement, one round trip.
  ///
  /// The statement draws its position itself and writes the changes, as in
  /// ```sql
  /// WITH {draw}, created AS (INSERT INTO … SELECT …, position, at FROM draw …), … INSERT INTO change (…) …
  /// ```
  /// Expected outcomes, such as a key that is taken, are result rows, never SQL errors.
  ///
  /// Without a request id it shares a transaction with concurrent writes of the project whose keys are made by the
  /// server, or with concurrent appends to the same log, and returns when that has committed. With one it shares it with
  /// others that have one, where the key is made by the server and there is no lease. Otherwise it commits alone.
  ///
  /// When the connection dies during the commit of a key made by the server, the write is run again: the key
  /// is unique, so a commit still under way is waited for, and a row that is there is this one's.
  /// - Parameters:
  ///   - write: The statement, given at least what ``CallScope/parameters`` take.
  ///   - named: The statement where it is to keep the answer of a named request as well (`{named_draw}`), in one with its
  ///     neighbours; nil: it has a transaction of its own.
  ///   - found: Finds the row again and returns what the statement returned when it wrote it; nil: the
  ///     caller is told that the outcome is unknown.
  ///   - answer: The answer's bytes without position and time, kept for a repetition of the request.
  package func create(
    in scope: CallScope, keys: KeyOrigin, write: BoundStatement,
    named: (NamedCreate) -> BoundStatement? = { _ in nil },
    found: @autoclosure () -> BoundStatement? = nil, answer: () -> [UInt8]
  ) async throws(RPCError) -> WriteResult<Rows> {
    let result =
      scope.effect == .takenBack
      ? .written(try await takenBack(in: scope, keys: keys, write: write))
      : try await drawn(in: scope, keys: keys, write: write, named: named, found: found(), answer: answer)
    if case .written(let rows) = result, rows.isEmpty { try await checkLease(of: scope) }
    return result
  }

  private func drawn(
    in scope: CallScope, keys: KeyOrigin, write: BoundStatement, named: (NamedCreate) -> BoundStatement?,
    found: @autoclosure () -> BoundStatement?, answer: () -> [UInt8]
  ) async throws(RPCError) -> WriteResult<Rows> {
    defer { ticker.nudge() }
    guard let request = scope.request else {
      return .written(try await create(in: scope, keys: keys, write: write, found: found))
    }
    let answer = answer()
    if case .server = keys, scope.lease == nil, let write = named(keeping(answer, of: request)) {
      return try await inTurn(for: [], in: scope) { () async throws(RPCError) in
        try await shared(write, of: request, in: scope)
      }
    }
    let store = storing(answer, for: request, in: scope)
    return try await inTurn(for: keys.rows, in: scope) { () async throws(RPCError) in
      do throws(WriteFailure) {
        return try await once(request, in: scope) { () async throws(WriteFailure) in
          try await self.pool.transaction(.repeatable(scope.group)) { tx throws(WriteFailure) in
            var opening = self.opening(of: scope, keys)
            if keys.mayWriteNothing || scope.lease != nil {
              // What was not drawn has no position to keep the answer under: look first.
              if let early = try await self.look(in: scope, keys: keys, on: tx) { return early }
              opening = []
            }
            let results = try await tx.committing(opening + [write, store])
            let isStored = results[results.count - 1].affectedCount > 0
            return WriteAttempt(.written(results[results.count - 2]), isStored: isStored)
          }
        }
      } catch { throw error.error }
    }
  }

  /// Runs a create that keeps the answer of its request, in one transaction with others that do.
  ///
  /// It may have to wait for a twin on another loop or server, so such creates have batches of their own. All batches
  /// store answers in the same order: two that have twins of each other cannot wait for each other.
  private func shared(
    _ write: BoundStatement, of request: RequestKey, in scope: CallScope
  ) async throws(RPCError) -> WriteResult<Rows> {
    let row = request.row(in: scope)
    let group = WriteGroup(scope.project.text, behind: row.kind.name)
    do throws(WriteFailure) {
      return try await once(request, in: scope) { () async throws(WriteFailure) in
        do throws(PostgresError) {
          let rows = try await pool.groupWrite(
            write.statement, write.parameters, group: group, order: Array(row.id.text.utf8),
            prologue: [scope.prologue])
          return WriteAttempt(.written(rows), isStored: !rows.isEmpty, yieldsToAnswers: true)
        } catch { throw WriteFailure(error) }
      }
    } catch { throw error.error }
  }

  /// What the statement returns, rolled back.
  private func takenBack(
    in scope: CallScope, keys: KeyOrigin, write: BoundStatement
  ) async throws(RPCError) -> Rows {
    let opening = opening(of: scope, keys)
    return try await inTurn(for: keys.rows, in: scope) { () async throws(RPCError) in
      try await database { () async throws(PostgresError) in
        try await pool.transaction(.repeatable(scope.group)) { tx throws(PostgresError) in
          let results = try await tx.rollBack(after: opening + [write])
          return results[results.count - 1]
        }
      }
    }
  }

  /// What comes before the statement that draws.
  private func opening(of scope: CallScope, _ keys: KeyOrigin) -> [BoundStatement] {
    var opening = [scope.prologue]
    // The statement checks it; here it is only locked before what comes after it in the order of kinds. Appends of a
    // group have leases of their own, and one prologue.
    if let lease = scope.lease, case .client = keys { opening += lease.lock(in: scope.project).statements }
    if let lock = keys.lock { opening.append(lock) }
    return opening
  }

  /// Takes the locks of a named create that may write nothing. Returns how it ends when it is answered already, or there
  /// is no log to append to; throws LEASE_LOST.
  private func look(
    in scope: CallScope, keys: KeyOrigin, on tx: Transaction
  ) async throws(WriteFailure) -> WriteAttempt<Rows>? {
    let lease = scope.lease.map { $0.lock(in: scope.project).statements } ?? []
    let requests = self.opening(of: scope)
    let rows = try await tx.running(requests + lease + (keys.lock.map { [$0] } ?? []))
    if let answer = try answer(in: rows, scope) { return WriteAttempt(.repeated(answer)) }
    if let lease = scope.lease, !lease.isCurrent(rows[requests.count]) {
      throw WriteFailure(.leaseLost(lease))
    }
    if keys.mayWriteNothing, let head = rows.last, head.isEmpty { return WriteAttempt(.written(head)) }
    return nil
  }

  /// Runs a create that has no name.
  private func create(
    in scope: CallScope, keys: KeyOrigin, write: BoundStatement, found: () -> BoundStatement?
  ) async throws(RPCError) -> Rows {
    let opening = opening(of: scope, keys)
    let group: WriteGroup
    switch keys {
    case .client:
      return try await inTurn(for: keys.rows, in: scope) { () async throws(RPCError) in
        try await database { () async throws(PostgresError) in
          try await pool.write(
            write.statement, write.parameters, group: scope.group, prologue: opening)
        }
      }
    case .server: group = scope.group
    case .next(let head): group = head.group(in: scope.project)
    }
    do throws(PostgresError) {
      return try await pool.groupWrite(write.statement, write.parameters, group: group, prologue: opening)
    } catch {
      guard error.isOutcomeUnknown, let found = found() else { throw RPCError(error) }
      do throws(WriteFailure) {
        return try await decided(
          opening: opening, group: group.project, write: write, found: found, unknown: WriteFailure(error))
      } catch { throw error.error }
    }
  }
}

extension Journal {
  /// Finds out what became of a write whose connection died during its commit, and makes up for it if nothing
  /// did. Throws `unknown` when the database does not come back within the attempts.
  private func decided(
    opening: [BoundStatement], group: WriteGroup, write: BoundStatement, found: BoundStatement,
    unknown: WriteFailure
  ) async throws(WriteFailure) -> Rows {
    var delay = Duration.milliseconds(50)
    for _ in 0..<Self.decisionAttempts {
      do throws(PostgresError) {
        let rows = try await pool.write(
          write.statement, write.parameters, group: group, prologue: opening)
        return rows.isEmpty ? try await pool.read(found.statement, found.parameters) : rows
      } catch {
        guard error.isOutcomeUnknown || error.isConnectionFailure else { throw WriteFailure(error) }
      }
      guard (try? await Task.sleep(for: delay)) != nil else { break }
      delay *= 2
    }
    throw unknown
  }

  /// Over 6 seconds: time for PostgreSQL to recover from a crash.
  private static var decisionAttempts: Int { 8 }
}

extension Transaction {
  /// ``commit(_:)`` with the error of a write.
  func committing(_ statements: [BoundStatement]) async throws(WriteFailure) -> [Rows] {
    do throws(PostgresError) { return try await commit(statements) } catch { throw WriteFailure(error) }
  }

  /// ``rollBack(after:)`` with the error of a write.
  func takingBack(_ statements: [BoundStatement]) async throws(WriteFailure) -> [Rows] {
    do throws(PostgresError) { return try await rollBack(after: statements) } catch {
      throw WriteFailure(error)
    }
  }

  /// ``pipeline(_:)`` with the error of a write.
  func running(_ statements: [BoundStatement]) async throws(WriteFailure) -> [Rows] {
    do throws(PostgresError) { return try await pipeline(statements) } catch { throw WriteFailure(error) }
  }
}
