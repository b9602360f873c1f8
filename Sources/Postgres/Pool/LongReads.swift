import EventLoop

/// The long reads of one loop: they have a bounded share of the connections, and beyond it they take turns before they
/// ask for one. Confined to the pool's loop.
///
/// A read waits for as long as turns keep coming; when none has come within the acquire timeout, it is told so.
final class LongReads {
  typealias Receiver = (Result<Void, PostgresError>) -> Void

  private struct Waiter {
    let number: Int
    let since: Instant
    let receiver: Receiver
  }

  private unowned let pool: LoopPool
  private var waiting: [Waiter] = []
  private var nextNumber = 0
  private var lastTurn = Instant(nanoseconds: 0)
  private var timer: ClosureTimer?
  private(set) var timedOut = 0

  init(pool: LoopPool) { self.pool = pool }

  var pending: Int { waiting.count }

  /// Asks for a turn; `receiver` is called once, perhaps at once. Returns a number to abandon the request by.
  func enter(_ receiver: @escaping Receiver) -> Int {
    nextNumber += 1
    if waiting.isEmpty, pool.shared.longReads.take(for: pool.index) {
      receiver(.success(()))
    } else {
      waiting.append(Waiter(number: nextNumber, since: pool.loop.now, receiver: receiver))
      arm()
    }
    return nextNumber
  }

  /// Withdraws a request; returns whether it was still open.
  func abandon(_ number: Int) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
    waiting.remove(at: index)
    arm()
    return true
  }

  /// A long read has ended: the next one, here or on another loop, has its turn.
  func leave() {
    if let hungry = pool.shared.longReads.give() { pool.shared.feedLongReads(hungry) }
  }

  /// A turn became free somewhere.
  func fed() {
    while let first = waiting.first, pool.shared.longReads.take(for: pool.index) {
      waiting.removeFirst()
      lastTurn = pool.loop.now
      first.receiver(.success(()))
    }
    arm()
    if let next = pool.shared.longReads.next() { pool.shared.feedLongReads(next) }
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

  // MARK: Inside

  private func deadline(of waiter: Waiter) -> Instant {
    max(waiter.since, lastTurn) + pool.configuration.acquireTimeout
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
        "no long read ended within \(pool.configuration.acquireTimeout); "
          + "all \(pool.shared.longReads.maximum) that may run at once are under way")
      first.receiver(.failure(pool.reachabilityFailure ?? error))
    }
    arm()
  }
}
