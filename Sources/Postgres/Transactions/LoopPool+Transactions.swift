import EventLoop

extension LoopPool {
  func transaction<T, E: PostgresErrorConvertible>(
    _ options: TransactionOptions, body: (Transaction) async throws(E) -> T
  ) async throws(E) -> T {
    var attempt = 1
    while true {
      var failure: PostgresError?
      do throws(E) {
        return try await runOnce(options, body: body, failure: &failure)
      } catch {
        guard options.isRepeatable, let failure, failure.isRetryable,
          attempt < (failure.isStaleSession ? 2 : options.attempts),
          await pause(afterFailures: attempt)
        else { throw error }
        attempt += 1
      }
    }
  }

  /// - Parameter failure: The database's own error, when there was one.
  private func runOnce<T, E: PostgresErrorConvertible>(
    _ options: TransactionOptions, body: (Transaction) async throws(E) -> T,
    failure: inout PostgresError?
  ) async throws(E) -> T {
    let lease: ExclusiveLease
    do throws(PostgresError) {
      lease = try await self.lease(options.isReadOnly ? turns[.longReads] : turns(of: options.group))
    } catch { throw E(error) }
    let transaction = Transaction(lease, options, timeouts(options))
    defer { lease.release() }
    do throws(E) {
      let value = try await body(transaction)
      do throws(PostgresError) { try await transaction.finish() } catch { throw E(error) }
      return value
    } catch {
      await transaction.rollBack()
      failure = transaction.failure
      throw error
    }
  }

  private func timeouts(_ options: TransactionOptions) -> SessionTimeouts {
    var timeouts = options.isReadOnly ? shared.readTimeouts : shared.writeTimeouts
    if let statement = options.statementTimeout { timeouts.statement = statement }
    if let lock = options.lockTimeout { timeouts.lock = lock }
    return timeouts
  }

  /// Those who collided must not collide again. Returns false when the task was cancelled meanwhile.
  private func pause(afterFailures failures: Int) async -> Bool {
    let backoff = Backoff(first: .milliseconds(2), longest: .milliseconds(200))
    let delay = backoff.delay(afterFailures: failures, jitter: .random(in: 0...1))
    do {
      try await loop.sleep(for: delay)
      return true
    } catch {
      return false
    }
  }

  /// A read whose connection breaks is sent once more: it may have been broken for long, unnoticed.
  func query(
    _ statement: Statement, parameters: [any PostgresValue], isLong: Bool, timeout: Duration?
  ) async throws(PostgresError) -> Rows {
    do throws(PostgresError) {
      return try await queryOnce(statement, parameters: parameters, isLong: isLong, timeout: timeout)
    } catch {
      guard error.kind == .connectionLost || error.isStaleSession, !Task.isCancelled, !machine.isClosing
      else { throw error }
    }
    return try await queryOnce(statement, parameters: parameters, isLong: isLong, timeout: timeout)
  }

  private func queryOnce(
    _ statement: Statement, parameters: [any PostgresValue], isLong: Bool, timeout: Duration?
  ) async throws(PostgresError) -> Rows {
    let lease = try await lease(isLong ? turns[.longReads] : nil)
    defer { lease.release() }
    var timeouts = shared.readTimeouts
    if let timeout { timeouts.statement = timeout }
    var attempts = 1
    while true {
      let pending = PendingStatement(statement, parameters)
      var statements = [pending]
      if !lease.connection.has(timeouts) {
        // Only for this transaction when it was asked for: the next user finds the usual ones.
        statements.insert(
          timeouts.statement(isLocal: timeout != nil || !configuration.prepareStatements), at: 0)
        if timeout == nil, configuration.prepareStatements { lease.connection.timeouts = timeouts }
      }
      await lease.run(statements, commits: false)
      if case .success(let rows)? = pending.outcome { return rows }
      let error = statements.lazy.compactMap(\.error).first { $0.kind != .skipped } ?? .cancelledByCaller
      if error.isStalePlan, attempts < PendingStatement.maximumAttempts {
        attempts += 1
        continue
      }
      throw error.sqlState == .queryCanceled && Task.isCancelled ? .cancelledByCaller : error
    }
  }
}
