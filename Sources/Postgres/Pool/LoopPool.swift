import EventLoop

/// One loop's connections. Confined to `loop`; other threads hold it only to reach it there.
///
/// Does what ``PoolMachine`` decides, and hands connections to the lanes of look-ups and grouped
/// writes, to queries and to transactions.
final class LoopPool: @unchecked Sendable {
  typealias Receiver = (Result<Connection, PostgresError>) -> Void

  let index: Int
  let loop: EventLoop
  let shared: SharedPoolState

  var machine: PoolMachine
  private var connections: [Int: Connection] = [:]
  private struct Request {
    let receiver: Receiver
    let isAbandoned: () -> Bool
  }
  private var requests: [Int: Request] = [:]
  private var nextWaiter = 0
  private var lastFailure: PostgresError?
  private var maintenance: ClosureTimer?
  private var wakeUp: ClosureTimer?
  private var wakeUpAt: Instant?
  private var closing: ClosureTimer?
  private var random = SystemRandomNumberGenerator()
  private var finishedRoundTrips = 0
  private var whenClosed: [() -> Void] = []
  /// The other pools of the process.
  private var neighbours: [LoopPool] = []

  private(set) lazy var lookups = LookupLane(pool: self)
  private(set) lazy var writes = GroupWriter(pool: self)
  /// Whose turn it is where kinds of work have a share of the connections.
  var turns: [SharedTurns.Kind: Turns] = [:]

  var configuration: PoolConfiguration { shared.configuration }

  init(index: Int, loop: EventLoop, shared: SharedPoolState) {
    self.index = index
    self.loop = loop
    self.shared = shared
    machine = PoolMachine(shared.machineSettings(forLoop: index))
    if shared.boundsLongReads { turns[.longReads] = Turns(pool: self, shared.longReads) }
  }

  /// Begins to keep the minimum of connections open.
  ///
  /// - Parameter neighbours: The other pools of the process. Whichever reaches the database again after failures
  ///   spares them the rest of their pauses.
  func start(beside neighbours: [LoopPool]) {
    self.neighbours = neighbours
    let timer = ClosureTimer { [unowned self] in
      maintain()
    }
    maintenance = timer
    maintain()
  }

  // MARK: Lending

  /// Asks for a connection; `receiver` is called once, perhaps at once. Returns a number to abandon
  /// the request by.
  ///
  /// - Parameter isAbandoned: Asked now and then while the request waits: whether its caller has gone.
  @discardableResult
  func acquire(
    preferred: Int? = nil, isAbandoned: @escaping () -> Bool = { false }, _ receiver: @escaping Receiver
  ) -> Int {
    nextWaiter += 1
    let waiter = nextWaiter
    requests[waiter] = Request(receiver: receiver, isAbandoned: isAbandoned)
    perform(machine.acquire(waiter, preferred: preferred, at: loop.now))
    return waiter
  }

  /// Withdraws a request; returns whether it was still open.
  func abandon(_ waiter: Int) -> Bool {
    guard requests.removeValue(forKey: waiter) != nil else { return false }
    machine.abandon(waiter)
    return true
  }

  /// Tells requests of every kind that wait for something here and whose callers have gone.
  private func dropAbandoned() {
    for turns in Array(turns.values) { turns.dropAbandoned() }
    for (waiter, request) in requests where request.isAbandoned() && abandon(waiter) {
      request.receiver(.failure(.cancelledByCaller))
    }
    writes.dropAbandoned()
    lookups.dropAbandoned()
  }

  /// Takes a connection back on which nothing is under way.
  func release(_ connection: Connection) {
    connection.client = nil
    connection.whenNotBeingCancelled { [self] in takeBack(connection) }
  }

  private func takeBack(_ connection: Connection) {
    connection.cancelsToCome = 0
    guard connections[connection.id] === connection else { return }
    let surrender = shared.budget.isContended && machine.slots.count > shared.fairShare
    perform(
      machine.release(
        connection.id, isBroken: !connection.isOpen || connection.isStale, surrender: surrender, at: loop.now)
    )
    if shared.budget.isContended { perform(machine.shed()) }
  }

  /// Whether somebody waits for a connection that cannot be opened: those that share one for as long
  /// as there is work should let it go.
  var mustShare: Bool {
    !machine.waiters.isEmpty && (machine.isStarved || machine.slots.count >= machine.settings.maximum)
      || shared.budget.isContended && machine.slots.count > shared.fairShare
  }

  // MARK: What the machine decides

  func perform(_ actions: [PoolMachine.Action]) {
    for action in actions {
      switch action {
      case .open(let id): open(id)
      case .lend(let id, let waiter): lend(id, to: waiter)
      case .reject(let waiter, let reason):
        requests.removeValue(forKey: waiter)?.receiver(.failure(rejection(reason)))
      case .close(let id): discard(id)
      case .check(let id): check(id)
      }
    }
    armWakeUp()
    if machine.isClosing { finishClosing() }
  }

  private func open(_ id: Int) {
    guard shared.budget.take(for: index) else {
      machine.openRefused(id)
      shared.feedHungry(except: index)
      return
    }
    ConnectionAttempt.start(
      shared.target, on: loop, blocking: shared.blocking, timeout: configuration.connectTimeout
    ) { [self] result in
      switch result {
      case .success(let handle):
        connections[id] = Connection(
          id: id, handle, on: loop, settings: shared.connectionSettings, owner: self)
        let wasFailing = machine.isFailing
        perform(machine.opened(id, jitter: .random(in: 0...1, using: &random), at: loop.now))
        if wasFailing { tellNeighbours() }
      case .failure(let error):
        giveBack()
        lastFailure = shared.explain(error)
        perform(machine.openFailed(id, jitter: .random(in: 0...1, using: &random), at: loop.now))
      }
    }
  }

  private func tellNeighbours() {
    for pool in neighbours {
      pool.loop.execute { pool.perform(pool.machine.reached(at: pool.loop.now)) }
    }
  }

  private func lend(_ id: Int, to waiter: Int) {
    guard let connection = connections[id], let request = requests.removeValue(forKey: waiter) else {
      perform(machine.release(id, at: loop.now))
      return
    }
    request.receiver(.success(connection))
  }

  private func discard(_ id: Int) {
    guard let connection = connections.removeValue(forKey: id) else { return }
    finishedRoundTrips += connection.roundTrips
    connection.close()
    giveBack()
  }

  private func giveBack() {
    if let hungry = shared.budget.give() { shared.feed(hungry) }
  }

  private func check(_ id: Int) {
    guard let connection = connections[id] else { return }
    let check = HealthCheck(pool: self, connection)
    connection.client = check
    check.start()
  }

  private func rejection(_ reason: PoolMachine.Rejection) -> PostgresError {
    switch reason {
    case .closed: PostgresError(.poolClosed, "the connections to the database are being closed")
    case .unreachable: lastFailure ?? PostgresError(.connectionFailed, "the database cannot be reached")
    case .timedOut:
      PostgresError(
        .poolExhausted,
        "no connection became free within \(configuration.acquireTimeout); "
          + "all \(shared.budget.maximum) are in use")
    }
  }

  /// Why the database cannot be reached; nil while there are connections, or none was wanted.
  var reachabilityFailure: PostgresError? {
    machine.slots.contains { $0.state != .opening } ? nil : lastFailure
  }

  // MARK: Time

  private func armWakeUp() {
    guard let deadline = machine.nextDeadline else {
      if let wakeUp, wakeUp.isScheduled { loop.cancel(wakeUp) }
      return
    }
    let timer = wakeUp ?? ClosureTimer { [unowned self] in perform(machine.timePassed(loop.now)) }
    wakeUp = timer
    if !timer.isScheduled || wakeUpAt != deadline { loop.schedule(timer, at: deadline) }
    wakeUpAt = deadline
  }

  private func maintain() {
    perform(machine.maintain(loop.now))
    dropAbandoned()
    for connection in connections.values {
      if isUnresponsive(connection) {
        connection.breakOff("no answer for \(loop.now - connection.lastProgress)")
      } else {
        connection.cancelIfAbandoned(on: shared.blocking)
      }
    }
    if let maintenance, !machine.isClosing { loop.schedule(maintenance, after: shared.maintenanceInterval) }
  }

  private func isUnresponsive(_ connection: Connection) -> Bool {
    guard connection.isBusy, let longest = shared.longestTimeout else { return false }
    return loop.now - connection.lastProgress > longest + configuration.unresponsiveAfter
  }

  /// A connection was given back somewhere.
  func fed() {
    perform(machine.fed(at: loop.now))
    if let next = shared.budget.passOn(from: index) { shared.feed(next) }
  }

  /// Another loop needs a connection.
  func shed() { perform(machine.shed()) }

  // MARK: The end

  /// Rejects those who wait; `completion` is called when the last connection is back and closed.
  /// - Parameter limit: Connections that are still lent out then are broken off.
  func close(within limit: Duration, _ completion: @escaping () -> Void) {
    whenClosed.append(completion)
    if let maintenance { loop.cancel(maintenance) }
    for turns in Array(turns.values) { turns.close() }
    perform(machine.close())
    guard !machine.slots.isEmpty else { return }
    let timer = ClosureTimer { [unowned self] in
      for connection in connections.values { connection.breakOff("the server is stopping") }
    }
    closing = timer
    loop.schedule(timer, after: limit)
  }

  private func finishClosing() {
    guard machine.slots.isEmpty, !whenClosed.isEmpty else { return }
    let waiting = whenClosed
    whenClosed.removeAll()
    neighbours.removeAll()
    if let closing { loop.cancel(closing) }
    for completion in waiting { completion() }
  }

  var statistics: PoolStatistics {
    var figures = machine.statistics
    figures.total = machine.slots.count { $0.state != .opening }
    figures.active = machine.slots.count { $0.state == .lent }
    figures.idle = machine.slots.count { $0.state == .idle }
    figures.connecting = machine.slots.count { $0.state == .opening }
    figures.pending = turns.values.reduce(machine.waiters.count) { $0 + $1.pending }
    figures.timedOut = turns.values.reduce(figures.timedOut) { $0 + $1.timedOut }
    figures.uses = machine.slots.map(\.uses)
    figures.roundTrips = connections.values.reduce(finishedRoundTrips) { $0 + $1.roundTrips }
    return figures
  }
}

extension LoopPool: ConnectionOwner {
  func connectionBroke(_ connection: Connection, because error: PostgresError) {
    guard connections.removeValue(forKey: connection.id) != nil else { return }
    finishedRoundTrips += connection.roundTrips
    lastFailure = shared.explain(error)
    giveBack()
    perform(machine.broke(connection.id, at: loop.now))
  }

  func connection(_: Connection, received notification: (channel: String, payload: String)) {}
}
