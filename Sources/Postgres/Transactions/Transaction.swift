import EventLoop

/// A transaction under way, on a connection of its own. Confined to the loop it runs on, and to
/// the body that received it.
///
/// BEGIN travels with the first statement. Use ``pipeline(_:)`` where a statement does not need the
/// answer of the one before it, and ``commit(_:)`` to send the last statements together with
/// COMMIT: that is what keeps the number of round trips down.
package final class Transaction {
  private enum State { case unbegun, open, failed, ended }
  /// What goes with the last statements.
  private enum End { case commit, rollBack }

  private let lease: ExclusiveLease
  private let options: TransactionOptions
  private let timeouts: SessionTimeouts
  private let roundTripsBefore: Int
  private var state = State.unbegun
  /// The first error of a statement, whatever the body made of it.
  private(set) var failure: PostgresError?

  init(_ lease: ExclusiveLease, _ options: TransactionOptions, _ timeouts: SessionTimeouts) {
    self.lease = lease
    self.options = options
    self.timeouts = timeouts
    roundTripsBefore = lease.connection.roundTrips
  }

  /// Round trips so far, COMMIT included.
  package var roundTrips: Int { lease.connection.roundTrips - roundTripsBefore }

  /// Runs one statement: one round trip.
  @discardableResult
  package func query(
    _ statement: Statement, _ parameters: [any PostgresValue] = []
  ) async throws(PostgresError) -> Rows {
    try await run([BoundStatement(statement, parameters)])[0]
  }

  /// Runs several statements in one round trip and returns their results in order. Throws the first
  /// error; the transaction is then failed and will be rolled back.
  @discardableResult
  package func pipeline(_ statements: [BoundStatement]) async throws(PostgresError) -> [Rows] {
    try await run(statements)
  }

  /// Runs the last statements and COMMIT in one round trip. Nothing can be run afterwards; a body
  /// that does not call it is committed when it returns.
  @discardableResult
  package func commit(_ statements: [BoundStatement] = []) async throws(PostgresError) -> [Rows] {
    if state == .unbegun && statements.isEmpty {
      state = .ended
      return []
    }
    return try await run(statements, then: .commit)
  }

  /// Runs the last statements and ROLLBACK in one round trip: what they return is all that is left of them. Nothing can
  /// be run afterwards.
  package func rollBack(after statements: [BoundStatement]) async throws(PostgresError) -> [Rows] {
    let results = try await run(statements, then: .rollBack)
    // It also takes back the timeouts that were set in the transaction.
    lease.connection.timeouts = nil
    return results
  }

  // MARK: Inside

  /// Commits what the body left open.
  func finish() async throws(PostgresError) {
    switch state {
    case .ended: return
    case .failed: throw failure ?? PostgresError(.skipped, "the transaction has failed")
    case .unbegun, .open: _ = try await commit()
    }
  }

  /// Undoes what was not committed.
  func rollBack() async {
    guard state == .open || state == .failed, lease.lostWith == nil else { return }
    state = .ended
    // A rollback also takes back the timeouts that were set in the transaction.
    lease.connection.timeouts = nil
    let statement = PendingStatement(Self.rollback, [])
    await lease.run([statement], commits: false, isCancellable: false)
    if statement.error != nil { lease.connection.breakOff("ROLLBACK failed") }
  }

  private func run(
    _ statements: [BoundStatement], then end: End? = nil
  ) async throws(PostgresError) -> [Rows] {
    guard state == .unbegun || state == .open else {
      throw failure ?? PostgresError(.skipped, "the transaction is over")
    }
    if Task.isCancelled { throw fail(.cancelledByCaller) }
    let opening = openingStatements()
    let pending = statements.map { PendingStatement($0) }
    let closing = end.map { [PendingStatement($0 == .commit ? Self.commit : Self.rollback, [])] } ?? []
    await lease.run(opening + pending + closing, commits: end == .commit && !options.isReadOnly)
    let all = opening + pending + closing
    if let error = all.lazy.compactMap(\.error).first(where: { $0.kind != .skipped }) {
      throw fail(classify(error))
    }
    if let end {
      state = .ended
      if end == .commit { try checkCommitted(closing[0]) }
    }
    var results: [Rows] = []
    for statement in pending {
      guard case .success(let rows)? = statement.outcome else { throw fail(.cancelledByCaller) }
      results.append(rows)
    }
    return results
  }

  /// BEGIN, and the timeouts where the session has others.
  private func openingStatements() -> [PendingStatement] {
    guard state == .unbegun else { return [] }
    state = .open
    var pending = [PendingStatement(Self.begin(options), [])]
    let connection = lease.connection
    if !connection.has(timeouts) {
      let isLocal =
        !connection.settings.prepareStatements || options.statementTimeout != nil
        || options.lockTimeout != nil
      pending.append(timeouts.statement(isLocal: isLocal))
      if !isLocal { connection.timeouts = timeouts }
    }
    return pending
  }

  private func fail(_ error: PostgresError) -> PostgresError {
    if state == .open { state = .failed }
    if state == .unbegun { state = .ended }
    if failure == nil { failure = error }
    return error
  }

  private func classify(_ error: PostgresError) -> PostgresError {
    error.sqlState == .queryCanceled && Task.isCancelled ? .cancelledByCaller : error
  }

  /// COMMIT of a failed transaction succeeds, with the tag ROLLBACK.
  private func checkCommitted(_ statement: PendingStatement) throws(PostgresError) {
    guard case .success(let rows)? = statement.outcome, rows.commandTag == "COMMIT" else {
      throw fail(PostgresError(.skipped, "the transaction was rolled back instead of committed"))
    }
  }

  // MARK: Statements

  private static let commit = Statement("commit", "COMMIT")
  private static let rollback = Statement("rollback", "ROLLBACK")
  private static let beginReadCommitted = Statement("begin", "BEGIN ISOLATION LEVEL READ COMMITTED")
  private static let beginRepeatableRead = Statement(
    "begin_repeatable_read", "BEGIN ISOLATION LEVEL REPEATABLE READ")
  private static let beginSerializable = Statement(
    "begin_serializable", "BEGIN ISOLATION LEVEL SERIALIZABLE")
  private static let beginReadCommittedReadOnly = Statement(
    "begin_read_only", "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
  private static let beginRepeatableReadReadOnly = Statement(
    "begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
  private static let beginSerializableReadOnly = Statement(
    "begin_serializable_read_only", "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY")

  private static func begin(_ options: TransactionOptions) -> Statement {
    switch (options.isolation, options.isReadOnly) {
    case (.readCommitted, false): beginReadCommitted
    case (.repeatableRead, false): beginRepeatableRead
    case (.serializable, false): beginSerializable
    case (.readCommitted, true): beginReadCommittedReadOnly
    case (.repeatableRead, true): beginRepeatableReadReadOnly
    case (.serializable, true): beginSerializableReadOnly
    }
  }
}
