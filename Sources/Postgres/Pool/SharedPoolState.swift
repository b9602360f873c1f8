import EventLoop
import Synchronization

/// What the pools of all loops have in common.
final class SharedPoolState: Sendable {
  let configuration: PoolConfiguration
  let target: ConnectionString
  let blocking: BlockingPool
  let budget: ConnectionBudget
  let loopCount: Int
  /// Set once, before any loop works.
  private let pools = Mutex<[LoopPool]>([])

  init(
    target: ConnectionString, blocking: BlockingPool, configuration: PoolConfiguration, loopCount: Int
  ) {
    self.configuration = configuration
    self.blocking = blocking
    self.loopCount = loopCount
    budget = ConnectionBudget(maximum: configuration.maximumConnections)
    var target = target
    target.addDefaults()
    if configuration.prepareStatements {
      // PgBouncer refuses settings at the start of a session.
      target.addSettings([
        ("statement_timeout", SessionTimeouts.milliseconds(configuration.readTimeout)),
        ("lock_timeout", SessionTimeouts.milliseconds(configuration.lockTimeout)),
        ("idle_in_transaction_session_timeout", "60000"),
        ("client_min_messages", "warning"),
      ])
    }
    self.target = target
  }

  func adopt(_ pools: [LoopPool]) { self.pools.withLock { $0 = pools } }

  /// Connections of a loop that it need not give up to another.
  var fairShare: Int { max(1, budget.maximum / loopCount) }

  var readTimeouts: SessionTimeouts {
    SessionTimeouts(statement: configuration.readTimeout, lock: configuration.lockTimeout)
  }

  var writeTimeouts: SessionTimeouts {
    SessionTimeouts(statement: configuration.writeTimeout, lock: configuration.lockTimeout)
  }

  /// The longest a statement may take; `nil` when that is not bounded.
  var longestTimeout: Duration? {
    let (read, write) = (configuration.readTimeout, configuration.writeTimeout)
    return read == .zero || write == .zero ? nil : max(read, write)
  }

  var connectionSettings: Connection.Settings {
    Connection.Settings(
      prepareStatements: configuration.prepareStatements,
      composedStatements: configuration.composedStatements, timeouts: readTimeouts,
      onNotice: configuration.onNotice)
  }

  /// How often the pool looks after itself: often enough for the shortest interval it keeps.
  var maintenanceInterval: Duration {
    let shortest = min(
      configuration.idleTimeout, configuration.healthCheckInterval, configuration.maximumLifetime)
    return max(.milliseconds(20), min(.seconds(1), shortest / 4))
  }

  func machineSettings(forLoop index: Int) -> PoolMachine.Settings {
    let minimum = min(configuration.minimumConnections, configuration.maximumConnections)
    return PoolMachine.Settings(
      minimum: minimum / loopCount + (index < minimum % loopCount ? 1 : 0),
      maximum: budget.maximum, acquireTimeout: configuration.acquireTimeout,
      idleTimeout: configuration.idleTimeout, maximumLifetime: configuration.maximumLifetime,
      maximumUses: configuration.maximumUses, healthCheckInterval: configuration.healthCheckInterval,
      backoff: Backoff(first: configuration.firstBackoff, longest: configuration.longestBackoff))
  }

  /// Says that the disk is full when that is why a connection failed.
  func explain(_ error: PostgresError) -> PostgresError {
    guard error.isConnectionFailure, configuration.isStorageFull?() == true else { return error }
    return PostgresError(
      .storageFull, "the file system of the database is full (\(error.message))", server: error.server)
  }

  // MARK: Between loops

  func feed(_ index: Int) {
    let pool = pools.withLock { $0[index] }
    pool.loop.execute { pool.fed() }
  }

  /// Asks the other loops for a connection that they do not need.
  func feedHungry(except index: Int) {
    for pool in pools.withLock({ $0 }) where pool.index != index {
      pool.loop.execute { pool.shed() }
    }
  }
}
