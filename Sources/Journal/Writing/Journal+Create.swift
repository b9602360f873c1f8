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
  /// server, or with concurrent appends to the same log, and returns when that has committed. Otherwise it commits
  /// alone.
  ///
  /// When the connection dies during the commit of a key made by the server, the write is run again: the key
  /// is unique, so a commit still under way is waited for, and a row that is there is this one's.
  /// - Parameters:
  ///   - found: Finds the row again and returns what `statement` returned when it wrote it; nil: the
  ///     caller is told that the outcome is unknown.
  ///   - answer: The answer's bytes without position and time, kept for a repetition of the request.
  package func create(
    _ scope: CallScope, keys: KeyOrigin, _ statement: Statement, _ parameters: [any PostgresValue],
    found: @autoclosure () -> BoundStatement? = nil, answer: () -> [UInt8]
  ) async throws(RPCError) -> WriteResult<Rows> {
    let result = try await drawn(scope, keys: keys, statement, parameters, found: found(), answer: answer)
    if case .written(let rows) = result, rows.isEmpty { try await checkLease(of: scope) }
    return result
  }

  private func drawn(
    _ scope: CallScope, keys: KeyOrigin, _ statement: Statement, _ parameters: [any PostgresValue],
    found: @autoclosure () -> BoundStatement?, answer: () -> [UInt8]
  ) async throws(RPCError) -> WriteResult<Rows> {
    defer { ticker.nudge() }
    guard let request = scope.request else {
      return .written(try await create(scope, keys, statement.bind(parameters), found))
    }
    let store = storing(answer(), for: request, in: scope)
    return try await inTurn(for: keys.rows, scope) { () async throws(RPCError) in
      do throws(WriteFailure) {
        return try await once(request, in: scope) { () async throws(WriteFailure) in
          try await self.pool.transaction(.repeatable(scope.group)) { tx throws(WriteFailure) in
            var opening = self.opening(of: scope, keys)
            if let lease = scope.lease {
              // What was not drawn has no position to keep the answer under: look first.
              if let answer = try await self.answer(ifNot: lease, scope, opening, tx) {
                return WriteAttempt(.repeated(answer))
              }
              opening = []
            }
            let results = try await tx.committing(opening + [statement.bind(parameters), store])
            let isStored = results[results.count - 1].affectedCount > 0
            return WriteAttempt(.written(results[results.count - 2]), isStored: isStored)
          }
        }
      } catch { throw error.error }
    }
  }

  /// What comes before the statement that draws.
  private func opening(of scope: CallScope, _ keys: KeyOrigin) -> [BoundStatement] {
    [scope.prologue] + (keys.lock.map { [$0] } ?? [])
  }

  /// Takes the locks of a named create under a lease. Returns the answer that the request got before; throws LEASE_LOST.
  private func answer(
    ifNot lease: Lease, _ scope: CallScope, _ opening: [BoundStatement], _ tx: Transaction
  ) async throws(WriteFailure) -> StoredAnswer? {
    let requests = self.opening(of: scope)
    let rows = try await tx.running(requests + opening.dropFirst() + lease.lock(in: scope.project).statements)
    if let answer = try answer(in: rows, scope) { return answer }
    if !lease.isCurrent(rows[rows.count - 1]) { throw WriteFailure(.leaseLost(lease)) }
    return nil
  }

  /// Runs a create that has no name.
  private func create(
    _ scope: CallScope, _ keys: KeyOrigin, _ write: BoundStatement, _ found: () -> BoundStatement?
  ) async throws(RPCError) -> Rows {
    let opening = opening(of: scope, keys)
    let group: WriteGroup
    switch keys {
    case .client:
      return try await inTurn(for: keys.rows, scope) { () async throws(RPCError) in
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
        return try await decided(opening, write, found, WriteFailure(error))
      } catch { throw error.error }
    }
  }
}

extension Journal {
  /// Finds out what became of a write whose connection died during its commit, and makes up for it if nothing
  /// did. Throws `unknown` when the database does not come back within the attempts.
  private func decided(
    _ opening: [BoundStatement], _ write: BoundStatement, _ found: BoundStatement, _ unknown: WriteFailure
  ) async throws(WriteFailure) -> Rows {
    var delay = Duration.milliseconds(50)
    for _ in 0..<Self.decisionAttempts {
      do throws(PostgresError) {
        let rows = try await pool.write(write.statement, write.parameters, prologue: opening)
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

  /// ``pipeline(_:)`` with the error of a write.
  func running(_ statements: [BoundStatement]) async throws(WriteFailure) -> [Rows] {
    do throws(PostgresError) { return try await pipeline(statements) } catch { throw WriteFailure(error) }
  }
}
