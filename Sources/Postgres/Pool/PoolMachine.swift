import EventLoop

/// The decisions of one loop's pool: who gets a connection, when to open, replace and close one.
///
///     a connection   opening ──opened──▶ idle ──lend──▶ lent ──released──▶ idle
///                       │                 │  ──check─▶ lent (to a health check)
///                       │                 └──idle too long, worn out, shed for another loop──▶ closed
///                       │                              lent ──released broken, worn out, surrendered──▶ closed
///                       └──failed──▶ none: the pool pauses, twice as long each time, then opens one to try
///                       └──refused──▶ none: the pool is starved until it is fed
///
///     a waiter       waiting ──a connection is idle──▶ lent to
///                       └──acquire timeout──▶ rejected: timed out, or unreachable while no connection opens
///
/// Pure: takes what happened with the time it happened at, returns what to do.
struct PoolMachine {
  let settings: Settings
  var slots: [Slot] = []
  var waiters: [Waiter] = []
  private(set) var isClosing = false
  /// The process has no connection to give; set until one is given back.
  private(set) var isStarved = false
  private var failures = 0
  private(set) var retryAt: Instant?
  private var unreachableSince: Instant?
  private var lowWater = LowWater()
  private var nextID = 0
  var statistics = PoolStatistics()

  init(_ settings: Settings) { self.settings = settings }

  // MARK: Callers

  /// Somebody wants a connection, `preferred` if that is idle.
  mutating func acquire(_ waiter: Int, preferred: Int? = nil, at now: Instant) -> [Action] {
    if isClosing { return [.reject(waiter, .closed)] }
    if let since = unreachableSince, now - since >= settings.acquireTimeout {
      // Nobody else should wait for what those before waited for in vain.
      statistics.timedOut += 1
      return [.reject(waiter, .unreachable)] + settle(now) + probe(now)
    }
    waiters.append(Waiter(id: waiter, preferred: preferred, since: now))
    return settle(now)
  }

  /// Somebody no longer wants one.
  mutating func abandon(_ waiter: Int) {
    waiters.removeAll { $0.id == waiter }
  }

  /// A connection comes back. `surrender`: another loop has a better claim to it.
  mutating func release(
    _ id: Int, isBroken: Bool = false, surrender: Bool = false, at now: Instant
  ) -> [Action] {
    guard let index = slots.firstIndex(where: { $0.id == id }) else { return [] }
    if isBroken || surrender || isClosing || isWornOut(slots[index], now) {
      return [remove(at: index)] + settle(now)
    }
    slots[index].state = .idle
    slots[index].idleSince = now
    return settle(now)
  }

  // MARK: Connections

  mutating func opened(_ id: Int, jitter: Double = 0, at now: Instant) -> [Action] {
    guard let index = slots.firstIndex(where: { $0.id == id }) else { return [.close(id)] }
    failures = 0
    retryAt = nil
    unreachableSince = nil
    statistics.created += 1
    if isClosing { return [remove(at: index)] }
    slots[index].state = .idle
    slots[index].openedAt = now
    slots[index].idleSince = now
    slots[index].checkedAt = now
    slots[index].lifetime = settings.maximumLifetime * (1 - 0.1 * jitter)
    return settle(now)
  }

  /// - Parameter jitter: Between 0 and 1, from outside: the machine itself is deterministic.
  mutating func openFailed(_ id: Int, jitter: Double, at now: Instant) -> [Action] {
    slots.removeAll { $0.id == id }
    statistics.failed += 1
    failures += 1
    retryAt = now + settings.backoff.delay(afterFailures: failures, jitter: jitter)
    if !slots.contains(where: { $0.state != .opening }), unreachableSince == nil { unreachableSince = now }
    return settle(now)
  }

  /// Another pool has reached the database again.
  mutating func reached(at now: Instant) -> [Action] {
    guard isFailing else { return [] }
    failures = 0
    retryAt = nil
    unreachableSince = nil
    return settle(now)
  }

  /// Whether the last attempt to connect failed.
  var isFailing: Bool { failures > 0 }

  /// The process has no connection left for this loop.
  mutating func openRefused(_ id: Int) {
    slots.removeAll { $0.id == id }
    isStarved = true
  }

  /// The process has a connection again.
  mutating func fed(at now: Instant) -> [Action] {
    isStarved = false
    return settle(now)
  }

  /// An idle or lent connection broke.
  mutating func broke(_ id: Int, at now: Instant) -> [Action] {
    guard let index = slots.firstIndex(where: { $0.id == id }) else { return [] }
    statistics.failed += 1
    return [remove(at: index)] + settle(now)
  }

  /// Another loop is in need: closes an idle connection that nobody here waits for.
  mutating func shed() -> [Action] {
    guard waiters.isEmpty,
      let index = slots.indices.filter({ slots[$0].state == .idle })
        .min(by: { slots[$0].idleSince < slots[$1].idleSince })
    else { return [] }
    return [remove(at: index)]
  }

  // MARK: Time

  /// Times out waiters and goes on with what waited for a time to come.
  mutating func timePassed(_ now: Instant) -> [Action] {
    var actions: [Action] = []
    while let first = waiters.first, now - first.since >= settings.acquireTimeout {
      waiters.removeFirst()
      statistics.timedOut += 1
      let isReachable = slots.contains { $0.state != .opening } || failures == 0
      actions.append(.reject(first.id, isReachable ? .timedOut : .unreachable))
    }
    return actions + settle(now)
  }

  /// Closes what is idle or worn out, and asks the idle ones for a sign of life.
  mutating func maintain(_ now: Instant) -> [Action] {
    var actions = timePassed(now)
    for slot in slots where slot.state == .idle && isWornOut(slot, now) {
      actions.append(remove(connection: slot.id))
    }
    for id in surplus(now) { actions.append(remove(connection: id)) }
    for index in slots.indices
    where slots[index].state == .idle && now - slots[index].checkedAt >= settings.healthCheckInterval {
      slots[index].checkedAt = now
      // One that was used since has shown that it lives.
      guard now - slots[index].idleSince >= settings.healthCheckInterval else { continue }
      slots[index].state = .lent
      actions.append(.check(slots[index].id))
    }
    return actions + settle(now)
  }

  mutating func close() -> [Action] {
    isClosing = true
    let rejected = waiters.map { Action.reject($0.id, .closed) }
    waiters.removeAll()
    return rejected + slots.filter { $0.state == .idle }.map { remove(connection: $0.id) }
  }

  /// When ``timePassed(_:)`` has something to do.
  var nextDeadline: Instant? {
    let timeout = waiters.first.map { $0.since + settings.acquireTimeout }
    guard let retryAt, wanted > 0 else { return timeout }
    return timeout.map { min($0, retryAt) } ?? retryAt
  }

  // MARK: Inside

  /// Connections that ought to be opened.
  private var wanted: Int {
    if isClosing { return 0 }
    let opening = slots.count { $0.state == .opening }
    let most = settings.maximum - slots.count
    return min(most, max(waiters.count - opening, settings.minimum - slots.count))
  }

  private mutating func settle(_ now: Instant) -> [Action] {
    var actions: [Action] = []
    while let waiter = waiters.first, let index = pick(waiter.preferred) {
      waiters.removeFirst()
      slots[index].state = .lent
      slots[index].uses += 1
      statistics.acquired += 1
      statistics.waited += now - waiter.since
      actions.append(.lend(slots[index].id, to: waiter.id))
    }
    lowWater.note(slots.count { $0.state == .idle }, at: now)
    if isStarved { return actions }
    if let retryAt {
      if now < retryAt { return actions }
      self.retryAt = nil
    }
    // After failures one attempt at a time shows whether the database is back.
    let probing = failures > 0
    if probing && slots.contains(where: { $0.state == .opening }) { return actions }
    for _ in 0..<max(0, probing ? min(1, wanted) : wanted) { actions.append(open()) }
    return actions
  }

  /// Looks whether the database is back, when nobody waits for it and it is time to.
  private mutating func probe(_ now: Instant) -> [Action] {
    if slots.contains(where: { $0.state == .opening }) || isStarved || now < retryAt ?? now { return [] }
    retryAt = nil
    return [open()]
  }

  private mutating func open() -> Action {
    defer { nextID += 1 }
    slots.append(Slot(id: nextID))
    return .open(nextID)
  }

  /// The preferred one when it is idle, else the one used least, so that use is even.
  private func pick(_ preferred: Int?) -> Int? {
    var best: Int?
    for index in slots.indices where slots[index].state == .idle {
      if slots[index].id == preferred { return index }
      if let current = best, slots[current].uses <= slots[index].uses { continue }
      best = index
    }
    return best
  }

  private func isWornOut(_ slot: Slot, _ now: Instant) -> Bool {
    now - slot.openedAt >= slot.lifetime
      || settings.maximumUses > 0 && slot.uses >= settings.maximumUses
  }

  /// Idle connections to close: those idle for the whole timeout, and as many as were never needed
  /// at once in that time (even use keeps each of them busy now and then).
  private mutating func surplus(_ now: Instant) -> [Int] {
    let idle = slots.filter { $0.state == .idle }.sorted { $0.idleSince < $1.idleSince }
    let unused = idle.count { now - $0.idleSince >= settings.idleTimeout }
    let spare = lowWater.take(over: settings.idleTimeout, idle: idle.count, at: now)
    let closable = max(unused, spare)
    return idle.prefix(min(closable, max(0, slots.count - settings.minimum))).map(\.id)
  }

  private mutating func remove(connection id: Int) -> Action {
    remove(at: slots.firstIndex { $0.id == id }!)
  }

  private mutating func remove(at index: Int) -> Action {
    statistics.destroyed += 1
    return .close(slots.remove(at: index).id)
  }
}
