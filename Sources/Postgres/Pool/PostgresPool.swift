import EventLoop

/// The database, as the rest of the server sees it: connections of all loops under one limit.
///
/// Call its methods from a task on a loop: the work stays on that loop's connections. Called from
/// elsewhere they hop to a loop and back, which is right for tests and start-up and slow otherwise.
///
/// Which one to use:
/// - ``lookup(_:_:)``: a bounded read by key. Cheapest; shares a connection that only look-ups use.
/// - ``groupWrite(_:_:group:prologue:)``: one statement that inserts rows with ids made by the
///   server and locks no row but the one that its group's prologue locks. Shares a commit with its neighbours.
/// - ``mergedWrite(_:_:of:group:prologue:)``: shares the statement as well, as appends to logs do.
/// - ``write(_:_:prologue:)``: one statement that commits alone, in one round trip.
/// - ``read(_:_:)``: a bounded read on a connection of its own. Cancelled with its task.
/// - ``query(_:_:timeout:)``: a list, search or anything long, of which only so many run at once. Cancelled with its
///   task.
/// - ``transaction(_:_:)``: several statements. One that only reads counts as long.
/// - ``upkeep(_:_:)``: what the server does for itself, on a connection that no caller can keep busy.
package final class PostgresPool: Sendable {
  /// One for each loop, or fewer when fewer connections are allowed.
  private let pools: [LoopPool]
  /// Those of look-ups, in the same order; the general ones when there are too few connections to divide.
  private let lookupPools: [LoopPool]
  private let upkeepPool: LoopPool
  /// How many loops have connections of their own. Calls of the others hop to one of these.
  package var loopCount: Int { pools.count }

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
    let shares = ConnectionShares(maximum: configuration.maximumConnections, loops: loops.count)
    let minimums = shares.minimums(of: configuration.minimumConnections)
    let target = try ConnectionString(url)
    func pools(
      _ count: Int, _ minimum: Int, _ maximum: Int, longReads: Int = 1, writes: Int = .max,
      settings: [(name: String, value: String)] = []
    ) -> [LoopPool] {
      var target = target
      if !settings.isEmpty { target.addSettings(settings) }
      let shared = SharedPoolState(
        target: target, blocking: blocking, configuration: configuration, loopCount: count,
        minimum: minimum, maximum: maximum, longReads: longReads, writesOfProject: writes)
      let pools = loops.prefix(count).enumerated().map {
        LoopPool(index: $0.offset, loop: $0.element, shared: shared)
      }
      shared.adopt(pools)
      return pools
    }
    let general = pools(
      shares.loops, minimums.general, shares.general, longReads: shares.longReads,
      writes: shares.writesOfProject)
    self.pools = general
    // One plan serves every look-up by key. A merged one that began with few keys would be planned anew each time: its first
    // plans seem cheaper than one for any number, and PostgreSQL keeps to what the first five have shown.
    lookupPools =
      shares.lookups == 0
      ? general
      : pools(
        shares.loops, minimums.lookups, shares.lookups,
        settings: [("plan_cache_mode", "force_generic_plan")])
    upkeepPool = shares.upkeep == 0 ? lookupPools[0] : pools(1, minimums.upkeep, shares.upkeep)[0]
    let all = self.all
    for pool in all { pool.loop.execute { pool.start(beside: all.filter { $0 !== pool }) } }
  }

  /// Each of them once.
  private var all: [LoopPool] {
    var seen: Set<ObjectIdentifier> = []
    return (pools + lookupPools + [upkeepPool]).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  /// Runs a bounded read by key, sharing a connection and a round trip with the other look-ups of
  /// this turn of the loop. It must not write. When it outlives its caller's task by a second, it is cancelled on the
  /// server.
  ///
  /// - Parameter caller: Whoever it is for, such as the number of a client's connection. When there are more look-ups
  ///   than can be under way, callers take turns; those without a number are one caller.
  package func lookup(
    _ statement: Statement, _ parameters: [any PostgresValue], for caller: Int64 = 0
  ) async throws(PostgresError) -> Rows {
    guard let index = localIndex else {
      return try await onLoop { (_) async throws(PostgresError) in
        try await self.lookup(statement, parameters, for: caller)
      }
    }
    return try await withUnsafeContinuation { continuation in
      lookupPools[index].lookups.start(
        PendingStatement(statement, parameters, waiter: continuation, caller: caller))
    }.get()
  }

  /// Runs one insert in a transaction shared with concurrent writes of the same group, and returns
  /// when that transaction has committed.
  ///
  /// A failing neighbour does no harm: its batch is run again one by one, so the statement may run
  /// more than once but commits at most once. Throws `outcomeUnknown` when the connection broke
  /// after the commit was asked for. When a batch outlives the tasks of all its callers by a second, it is cancelled.
  /// - Parameters:
  ///   - order: The writes of a batch are run in this order, byte by byte, and otherwise as they came: for those that may
  ///     wait for each other's rows, so that batches do so in one direction.
  ///   - prologue: Run before the batch, once per batch, in its transaction; the same for all writes of a group.
  package func groupWrite(
    _ statement: Statement, _ parameters: [any PostgresValue], group: WriteGroup, order: [UInt8] = [],
    prologue: [BoundStatement] = []
  ) async throws(PostgresError) -> Rows {
    guard let pool = local else {
      return try await onLoop { (_) async throws(PostgresError) in
        try await self.groupWrite(statement, parameters, group: group, order: order, prologue: prologue)
      }
    }
    return try await withUnsafeContinuation { continuation in
      let write = PendingStatement(statement, parameters, waiter: continuation)
      write.order = order
      pool.writes.start(write, in: group, prologue: prologue)
    }.get()
  }

  /// Does one write in a statement and a transaction shared with concurrent writes of the same kind and project, and
  /// returns when that has committed: the write's row, or none where it must be run by itself, because its row is locked or
  /// something stands against it. Then nothing was written.
  ///
  /// All writes of one row are on one loop's connections, so they never find it locked by each other.
  /// Throws `outcomeUnknown` when the connection broke after the commit was asked for. Other errors may be a neighbour's:
  /// nothing was committed, see ``PostgresError/mayBeOfOneMember``.
  /// - Parameters:
  ///   - key: The row that it locks.
  ///   - prologue: Run before the batch, once per batch, in its transaction; the same for all writes of a group.
  package func mergedWrite<Input, Columns>(
    _ writes: MergedWrites<Input, Columns>, _ input: Input, of key: [UInt8], group: WriteGroup,
    prologue: [BoundStatement] = []
  ) async throws(PostgresError) -> Rows {
    // FNV-1a.
    let hash = key.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    let pool = pools[Int(hash % UInt32(pools.count))]
    return try await withUnsafeContinuation { continuation in
      let write = Lent(value: MergeableWrite(writes, input, of: key, waiter: continuation))
      if pool.loop.isOnLoop {
        pool.writes.start(write.value, in: group.merging, prologue: prologue)
      } else {
        pool.loop.execute { pool.writes.start(write.value, in: group.merging, prologue: prologue) }
      }
    }.get()
  }

  /// Runs one statement in a transaction of its own, with `prologue` before it, in one round trip.
  /// Returns after the commit. When it outlives its caller's task by a second, it is cancelled.
  ///
  /// - Parameter group: Writes of one group that may wait for rows hold only so many connections at once.
  package func write(
    _ statement: Statement, _ parameters: [any PostgresValue], group: WriteGroup? = nil,
    prologue: [BoundStatement] = []
  ) async throws(PostgresError) -> Rows {
    guard let pool = local else {
      return try await onLoop { (_) async throws(PostgresError) in
        try await self.write(statement, parameters, group: group, prologue: prologue)
      }
    }
    return try await withUnsafeContinuation { continuation in
      pool.startWrite(
        PendingStatement(statement, parameters, waiter: continuation), in: pool.turns(of: group),
        prologue: prologue)
    }.get()
  }

  /// Runs one short statement of the server itself, in a transaction of its own, on the connection that is kept for
  /// such.
  package func upkeep(
    _ statement: Statement, _ parameters: [any PostgresValue]
  ) async throws(PostgresError) -> Rows {
    let pool = upkeepPool
    guard pool.loop.isExecutorOfCurrentTask else {
      return try await pool.loop.run { () async throws(PostgresError) in
        try await self.upkeep(statement, parameters)
      }
    }
    return try await withUnsafeContinuation { continuation in
      pool.startWrite(PendingStatement(statement, parameters, waiter: continuation), in: nil, prologue: [])
    }.get()
  }

  /// Runs a bounded read on a connection of its own; when the task is cancelled, so is the statement. Sent once more
  /// when the connection breaks.
  /// - Parameter timeout: Instead of the configured `readTimeout`.
  package func read(
    _ statement: Statement, _ parameters: [any PostgresValue] = [], timeout: Duration? = nil
  ) async throws(PostgresError) -> Rows {
    try await onLoop { (pool) async throws(PostgresError) in
      try await pool.query(statement, parameters: parameters, isLong: false, timeout: timeout)
    }
  }

  /// Runs a read that may be long on a connection of its own; when the task is cancelled, so is the statement. Sent
  /// once more when the connection breaks. It waits while as many as may run at once are under way.
  /// - Parameter timeout: Instead of the configured `readTimeout`.
  package func query(
    _ statement: Statement, _ parameters: [any PostgresValue] = [], timeout: Duration? = nil
  ) async throws(PostgresError) -> Rows {
    try await onLoop { (pool) async throws(PostgresError) in
      try await pool.query(statement, parameters: parameters, isLong: true, timeout: timeout)
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
    try await onLoop { (pool) async throws(E) in try await pool.transaction(options, body: body) }
  }

  /// Figures of all loops together.
  package func statistics() async -> PoolStatistics {
    var sum = PoolStatistics()
    for pool in all { sum += await pool.loop.run { pool.statistics } }
    return sum
  }

  /// Rejects those who wait with `poolClosed`, lets what runs finish, then closes all connections, of all loops and
  /// kinds at the same time.
  /// - Parameter limit: What runs longer is broken off.
  package func close(within limit: Duration = .seconds(30)) async {
    await withTaskGroup { group in
      for pool in all {
        group.addTask {
          await pool.loop.run {
            await withUnsafeContinuation { continuation in
              pool.close(within: limit) { continuation.resume() }
            }
          }
        }
      }
    }
  }

  // MARK: Loops

  /// The pool of the loop that the caller's task belongs to.
  private var local: LoopPool? { localIndex.map { pools[$0] } }

  private var localIndex: Int? { pools.firstIndex { $0.loop.isExecutorOfCurrentTask } }

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
