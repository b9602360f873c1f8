import EventLoop

/// The database, as the rest of the server sees it: connections of all loops under one limit.
///
/// Call its methods from a task on a loop: the work stays on that loop's connections. Called from
/// elsewhere they hop to a loop and back, which is right for tests and start-up and slow otherwise.
///
/// Which one to use:
/// - ``lookup(_:_:)``: a bounded read by key. Cheapest; shares connections; never cancelled.
/// - ``groupWrite(_:_:group:prologue:)``: one statement that inserts rows with ids made by the
///   server and locks no existing row. Shares a commit with its neighbours.
/// - ``write(_:_:prologue:)``: one statement that commits alone, in one round trip.
/// - ``query(_:_:timeout:)``: a list, search or anything long. Cancelled with its task.
/// - ``transaction(_:_:)``: several statements.
package final class PostgresPool: Sendable {
  /// One for each loop, or fewer when fewer connections are allowed.
  private let pools: [LoopPool]

  /// Opens a pool; connections are made when they are needed, the minimum in the background.
  ///
  /// - Parameters:
  ///   - url: A libpq connection string: URI or keywords. Throws `configuration` when it is not one.
  ///   - loops: The loops that have connections.
  ///   - blocking: For name resolution and PQcancel.
  package init(
    url: String, loops: [EventLoop], blocking: BlockingPool,
    configuration: PoolConfiguration = PoolConfiguration()
  ) throws(PostgresError) {
    let used = loops.prefix(max(1, configuration.maximumConnections))
    let shared = SharedPoolState(
      target: try ConnectionString(url), blocking: blocking, configuration: configuration,
      loopCount: used.count)
    pools = used.enumerated().map { LoopPool(index: $0.offset, loop: $0.element, shared: shared) }
    shared.adopt(pools)
    for pool in pools { pool.loop.execute { pool.start() } }
  }

  /// Runs a bounded read by key, sharing a connection and a round trip with the other look-ups of
  /// this turn of the loop. It is never cancelled on the server; it must not write.
  package func lookup(
    _ statement: Statement, _ parameters: [any PostgresValue]
  ) async throws(PostgresError) -> Rows {
    guard let pool = local else {
      return try await onLoop { (_) async throws(PostgresError) in
        try await self.lookup(statement, parameters)
      }
    }
    return try await withUnsafeContinuation { continuation in
      pool.lookups.start(Call(statement, parameters, waiter: continuation))
    }.get()
  }

  /// Runs one insert in a transaction shared with concurrent writes of the same group, and returns
  /// when that transaction has committed.
  ///
  /// A failing neighbour does no harm: its batch is run again one by one, so the statement may run
  /// more than once but commits at most once. Throws `outcomeUnknown` when the connection broke
  /// after the commit was asked for. Never cancelled.
  /// - Parameter prologue: Run before the batch, once per batch, in its transaction; the same for
  ///   all writes of a group.
  package func groupWrite(
    _ statement: Statement, _ parameters: [any PostgresValue], group: WriteGroup,
    prologue: BoundStatement? = nil
  ) async throws(PostgresError) -> Rows {
    guard let pool = local else {
      return try await onLoop { (_) async throws(PostgresError) in
        try await self.groupWrite(statement, parameters, group: group, prologue: prologue)
      }
    }
    return try await withUnsafeContinuation { continuation in
      pool.writes.start(
        Call(statement, parameters, waiter: continuation), in: group, prologue: prologue)
    }.get()
  }

  /// Runs one statement in a transaction of its own, with `prologue` before it, in one round trip.
  /// Returns after the commit. Not cancelled.
  package func write(
    _ statement: Statement, _ parameters: [any PostgresValue], prologue: BoundStatement? = nil
  ) async throws(PostgresError) -> Rows {
    guard let pool = local else {
      return try await onLoop { (_) async throws(PostgresError) in
        try await self.write(statement, parameters, prologue: prologue)
      }
    }
    return try await withUnsafeContinuation { continuation in
      pool.startWrite(Call(statement, parameters, waiter: continuation), prologue: prologue)
    }.get()
  }

  /// Runs a read on a connection of its own; when the task is cancelled, so is the statement. Sent
  /// once more when the connection breaks.
  /// - Parameter timeout: Instead of the configured `readTimeout`.
  package func query(
    _ statement: Statement, _ parameters: [any PostgresValue] = [], timeout: Duration? = nil
  ) async throws(PostgresError) -> Rows {
    try await onLoop { (pool) async throws(PostgresError) in
      try await pool.query(statement, parameters, timeout: timeout)
    }
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task
  /// is cancelled. Write `{ tx throws(RPCError) in … }` where the type is not inferred.
  ///
  /// Throws `outcomeUnknown` when the connection broke during COMMIT. Do not take a second
  /// connection inside.
  @discardableResult
  package func transaction<T, E: PostgresErrorConvertible>(
    _ options: TransactionOptions = TransactionOptions(),
    _ body: @escaping (Transaction) async throws(E) -> T
  ) async throws(E) -> T {
    try await onLoop { (pool) async throws(E) in try await pool.transaction(options, body) }
  }

  /// Figures of all loops together.
  package func statistics() async -> PoolStatistics {
    var sum = PoolStatistics()
    for pool in pools { sum += await pool.loop.run { pool.statistics } }
    return sum
  }

  /// Rejects those who wait with `poolClosed`, lets what runs finish, then closes all connections.
  /// - Parameter limit: What runs longer is broken off.
  package func close(within limit: Duration = .seconds(30)) async {
    for pool in pools {
      await pool.loop.run {
        await withUnsafeContinuation { continuation in
          pool.close(within: limit) { continuation.resume() }
        }
      }
    }
  }

  // MARK: Loops

  /// The pool of the loop that the caller's task belongs to.
  private var local: LoopPool? { pools.first { $0.loop.isExecutorOfCurrentTask } }

  /// Runs `body` on the caller's loop, or on some loop when it has no connections of its own.
  private func onLoop<T, E: Error>(
    _ body: @escaping (LoopPool) async throws(E) -> T
  ) async throws(E) -> T {
    if let pool = local { return try await body(pool) }
    let pool = pools[Int.random(in: pools.indices)]
    // The caller waits, so what it lends to the other loop is not used from two sides.
    let lent = Lent(value: body)
    return try await pool.loop.run { () async throws(E) in
      Lent(value: try await lent.value(pool))
    }.value
  }
}

/// Carries a value to another loop and back while its owner waits.
private struct Lent<Value>: @unchecked Sendable {
  let value: Value
}

extension LoopPool {
  /// Runs one write as a batch of its own.
  func startWrite(_ call: Call, prologue: BoundStatement?) {
    acquire { [self] result in
      switch result {
      case .failure(let error): call.finish(.failure(error))
      case .success(let connection):
        var next: Call? = call
        WriteBatch(pool: self, prologue: prologue, completion: {})
          .start(on: connection) { next.take() }
      }
    }
  }
}
