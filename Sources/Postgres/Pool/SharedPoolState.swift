import EventLoop
import Synchronization

/// What the pools of all loops have in common that share connections of one kind.
final class SharedPoolState: Sendable {
  let configuration: PoolConfiguration
  let target: ConnectionString
  let blocking: BlockingPool
  let budget: ConnectionBudget
  /// The general connections that long reads may hold at once.
  let longReads: SharedTurns
  /// How many of the general connections the writes of one project may hold at once.
  private let writesOfProject: Int
  /// The shares of projects with writes under way, and how many loops use them.
  private let writes = Mutex<[WriteGroup: (share: SharedTurns, loops: Int)]>([:])
  let loopCount: Int
  /// Connections kept open, on all loops together.
  private let minimum: Int
  /// Set once, before any loop works.
  private let pools = Mutex<[LoopPool]>([])

  /// - Parameters:
  ///   - minimum: Connections kept open.
  ///   - maximum: The most connections.
  ///   - longReads: How many of them long reads may hold at once.
  ///   - writesOfProject: How many of them the writes of one project may hold at once.
  init(
    target: ConnectionString, blocking: BlockingPool, configuration: PoolConfiguration, loopCount: Int,
    minimum: Int, maximum: Int, longReads: Int, writesOfProject: Int
  ) {
    self.configuration = configuration
    self.blocking = blocking
    self.loopCount = loopCount
    self.minimum = minimum
    budget = ConnectionBudget(maximum: maximum)
    self.longReads = SharedTurns(.longReads, maximum: longReads)
    self.writesOfProject = writesOfProject
    var target = target
    target.addDefaults()
    if configuration.prepareStatements {
      // PgBouncer refuses settings at the start of a session.
      target.addSettings([
        ("statement_timeout", SessionTimeouts.milliseconds(configuration.readTimeout)),
        ("lock_timeout", SessionTimeouts.milliseconds(configuration.lockTimeout)),
        ("idle_in_transaction_session_timeout", SessionTimeouts.milliseconds(Self.openTransaction)),
        ("client_min_messages", "warning"),
      ])
    }
    self.target = target
  }

  /// How long a transaction may wait for its next statement: ours send theirs within milliseconds, and one that stays
  /// open, of a server that was stopped or cut off, holds back all feeds of the cluster.
  private static let openTransaction = Duration.seconds(3)

  func adopt(_ pools: [LoopPool]) { self.pools.withLock { $0 = pools } }

  /// Whether long reads may hold fewer connections than there are.
  var boundsLongReads: Bool { longReads.budget.maximum < budget.maximum }

  /// Whether the writes of one project may hold fewer connections than there are.
  var boundsWrites: Bool { writesOfProject < budget.maximum }

  /// The share of a project's writes. ``shareLeft(by:)`` must follow.
  func share(of group: WriteGroup) -> SharedTurns {
    writes.withLock { writes in
      let share = writes[group]?.share ?? SharedTurns(.writes(group), maximum: writesOfProject)
      writes[group] = (share, (writes[group]?.loops ?? 0) + 1)
      return share
    }
  }

  /// A loop has no use for the share any more.
  func shareLeft(by group: WriteGroup) {
    writes.withLock { writes in
      guard let (share, loops) = writes[group] else { return }
      writes[group] = loops > 1 ? (share, loops - 1) : nil
    }
  }

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
    return max(.milliseconds(20), min(Connection.abandonedLimit / 4, shortest / 4))
  }

  func machineSettings(forLoop index: Int) -> PoolMachine.Settings {
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

  /// Tells a loop that it may have a turn of a share.
  func feed(_ share: SharedTurns, _ index: Int) {
    let pool = pools.withLock { $0[index] }
    pool.loop.execute { [self] in
      if let turns = pool.turns[share.kind] {
        turns.fed()
      } else if let next = share.budget.passOn(from: index) {
        // Those that wanted one have given up meanwhile.
        feed(share, next)
      }
    }
  }

  /// Asks the other loops for a connection that they do not need.
  func feedHungry(except index: Int) {
    for pool in pools.withLock({ $0 }) where pool.index != index {
      pool.loop.execute { pool.shed() }
    }
  }
}
