import EventLoop

/// What on one loop has a bounded share of the connections together, such as the long reads: beyond it, it takes turns
/// before it asks for one. Confined to the pool's loop.
///
/// A request waits for as long as turns keep coming, on whichever loop; when none has come within the acquire timeout, it
/// fails.
final class Turns {
  typealias Receiver = (Result<Void, PostgresError>) -> Void

  private struct Waiter {
    let number: Int
    let since: Instant
    let isAbandoned: () -> Bool
    let receiver: Receiver
  }

  private unowned let pool: LoopPool
  private let share: SharedTurns
  private var waiting: [Waiter] = []
  private var nextNumber = 0
  private var timer: ClosureTimer?
  private(set) var timedOut = 0
  /// Turns that were given and not given back.
  private var taken = 0

  init(pool: LoopPool, _ share: SharedTurns) {
    self.pool = pool
    self.share = share
  }

  var pending: Int { waiting.count }
  var isIdle: Bool { taken == 0 && waiting.isEmpty }

  /// Asks for a turn; `receiver` is called once, perhaps at once. Returns a number to abandon the request by.
  ///
  /// - Parameter isAbandoned: Asked now and then while the request waits: whether its caller has gone.
  func enter(isAbandoned: @escaping () -> Bool = { false }, _ receiver: @escaping Receiver) -> Int {
    nextNumber += 1
    if waiting.isEmpty, share.budget.take(for: pool.index) {
      taken += 1
      receiver(.success(()))
    } else {
      waiting.append(
        Waiter(number: nextNumber, since: pool.loop.now, isAbandoned: isAbandoned, receiver: receiver))
      arm()
    }
    return nextNumber
  }

  /// Withdraws a request; returns whether it was still open.
  func abandon(_ number: Int) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
    waiting.remove(at: index)
    arm()
    pool.turnsEnded(share)
    return true
  }

  /// Tells those whose callers have gone.
  func dropAbandoned() {
    let dropped = waiting.filter { $0.isAbandoned() }
    guard !dropped.isEmpty else { return }
    waiting.removeAll { waiter in dropped.contains { $0.number == waiter.number } }
    arm()
    for waiter in dropped { waiter.receiver(.failure(.cancelledByCaller)) }
    pool.turnsEnded(share)
  }

  /// One has ended: the next one, here or on another loop, has its turn.
  func leave() {
    taken -= 1
    if let hungry = share.budget.give() { pool.shared.feed(share, hungry) }
    pool.turnsEnded(share)
  }

  /// A turn became free somewhere.
  func fed() {
    while let first = waiting.first, share.budget.take(for: pool.index) {
      waiting.removeFirst()
      taken += 1
      share.turnCame(at: pool.loop.now)
      first.receiver(.success(()))
    }
    arm()
    if let next = share.budget.passOn(from: pool.index) { pool.shared.feed(share, next) }
  }

  func close() {
    let rejected = waiting
    waiting.removeAll()
    arm()
    for waiter in rejected {
      waiter.receiver(
        .failure(PostgresError(.poolClosed, "the connections to the database are being closed")))
    }
  }

  /// The caller does not want a turn any more.
  func leftUnused() { pool.turnsEnded(share) }

  // MARK: Inside

  private func deadline(of waiter: Waiter) -> Instant {
    max(waiter.since, share.lastTurn) + pool.configuration.acquireTimeout
  }

  private func arm() {
    guard let first = waiting.first else {
      if let timer { pool.loop.cancel(timer) }
      return
    }
    let timer = timer ?? ClosureTimer { [unowned self] in rejectLate() }
    self.timer = timer
    pool.loop.schedule(timer, at: deadline(of: first))
  }

  private func rejectLate() {
    while let first = waiting.first, deadline(of: first) <= pool.loop.now {
      waiting.removeFirst()
      timedOut += 1
      let error = PostgresError(
        .poolExhausted,
        "no \(share.name) ended within \(pool.configuration.acquireTimeout); "
          + "all \(share.budget.maximum) that may run at once are under way")
      first.receiver(.failure(pool.reachabilityFailure ?? error))
    }
    arm()
    pool.turnsEnded(share)
  }
}
