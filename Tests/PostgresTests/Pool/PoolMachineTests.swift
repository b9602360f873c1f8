import EventLoop
import Testing

@testable import Postgres

private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

private func machine(
  minimum: Int = 0, maximum: Int = 2, _ change: (inout PoolMachine.Settings) -> Void = { _ in }
) -> PoolMachine {
  var settings = PoolMachine.Settings()
  settings.minimum = minimum
  settings.maximum = maximum
  change(&settings)
  return PoolMachine(settings)
}

/// A pool with `count` idle connections, 0 to count - 1.
private func filled(
  _ count: Int, _ change: (inout PoolMachine.Settings) -> Void = { _ in }
) -> PoolMachine {
  var pool = machine(minimum: count, maximum: max(count, 2), change)
  for id in 0..<count { _ = pool.acquire(-1 - id, at: at(0)) }
  for id in 0..<count { _ = pool.opened(id, at: at(0)) }
  for id in 0..<count { _ = pool.release(id, at: at(0)) }
  pool.statistics = PoolStatistics()
  for index in pool.slots.indices { pool.slots[index].uses = 0 }
  return pool
}

@Suite("Pool machine")
struct PoolMachineTests {
  @Test("a connection is opened for the first who asks, and lent when it is there")
  func opens() {
    var pool = machine()
    #expect(pool.acquire(1, at: at(0)) == [.open(0)])
    #expect(pool.opened(0, at: at(5)) == [.lend(0, to: 1)])
    #expect(pool.release(0, at: at(9)) == [])
    #expect(pool.acquire(2, at: at(10)) == [.lend(0, to: 2)])
    #expect(pool.statistics.waited == .milliseconds(5))
  }

  @Test("never more than the maximum, and those who wait are served in order")
  func maximum() {
    var pool = machine(maximum: 2)
    #expect(pool.acquire(1, at: at(0)) == [.open(0)])
    #expect(pool.acquire(2, at: at(0)) == [.open(1)])
    #expect(pool.acquire(3, at: at(0)) == [])
    #expect(pool.acquire(4, at: at(0)) == [])
    #expect(pool.opened(0, at: at(1)) == [.lend(0, to: 1)])
    #expect(pool.opened(1, at: at(1)) == [.lend(1, to: 2)])
    #expect(pool.release(1, at: at(2)) == [.lend(1, to: 3)])
    #expect(pool.release(0, at: at(2)) == [.lend(0, to: 4)])
  }

  @Test("whoever waits too long is told that the pool is exhausted")
  func timeout() {
    var pool = filled(2)
    _ = pool.acquire(1, at: at(0))
    _ = pool.acquire(2, at: at(0))
    #expect(pool.acquire(3, at: at(100)) == [])
    #expect(pool.nextDeadline == at(2100))
    #expect(pool.timePassed(at(2099)) == [])
    #expect(pool.timePassed(at(2100)) == [.reject(3, .timedOut)])
    #expect(pool.statistics.timedOut == 1)
  }

  @Test("who gave up is not served")
  func abandoned() {
    var pool = filled(1) { $0.maximum = 1 }
    _ = pool.acquire(1, at: at(0))
    _ = pool.acquire(2, at: at(0))
    _ = pool.acquire(3, at: at(0))
    pool.abandon(2)
    #expect(pool.release(0, at: at(1)) == [.lend(0, to: 3)])
  }

  @Test("failed attempts are repeated after growing pauses, one at a time")
  func backoff() {
    var pool = machine(maximum: 5) { $0.acquireTimeout = .seconds(60) }
    _ = pool.acquire(1, at: at(0))
    _ = pool.acquire(2, at: at(0))
    #expect(pool.openFailed(0, jitter: 1, at: at(0)) == [])
    #expect(pool.openFailed(1, jitter: 1, at: at(0)) == [])
    #expect(pool.nextDeadline == at(100))
    #expect(pool.timePassed(at(99)) == [])
    #expect(pool.timePassed(at(100)) == [.open(2)])
    // While that one is tried there is nothing to wake up for but those who wait.
    #expect(pool.nextDeadline == at(60_000))
    #expect(pool.openFailed(2, jitter: 1, at: at(100)) == [])
    #expect(pool.nextDeadline == at(300))
    #expect(pool.timePassed(at(300)) == [.open(3)])
    #expect(pool.opened(3, at: at(301)) == [.lend(3, to: 1), .open(4)])
  }

  @Test("what another pool has reached is tried at once, and waited for again")
  func reachedElsewhere() {
    var pool = machine()
    #expect(pool.reached(at: at(0)) == [])
    _ = pool.acquire(1, at: at(0))
    _ = pool.openFailed(0, jitter: 1, at: at(10))
    _ = pool.timePassed(at(2000))
    _ = pool.openFailed(1, jitter: 1, at: at(2010))
    #expect(pool.isFailing && pool.acquire(2, at: at(2011)) == [.reject(2, .unreachable)])
    #expect(pool.reached(at: at(2012)) == [] && !pool.isFailing)
    #expect(pool.acquire(3, at: at(2013)) == [.open(1)])
    #expect(pool.opened(1, at: at(2015)) == [.lend(1, to: 3)])
  }

  @Test("an unreachable database is told from an exhausted pool, and soon without waiting")
  func unreachable() {
    var pool = machine()
    _ = pool.acquire(1, at: at(0))
    _ = pool.openFailed(0, jitter: 1, at: at(10))
    #expect(pool.timePassed(at(2000)).contains(.reject(1, .unreachable)))
    // Whoever comes now does not wait, but sees to it that somebody looks whether it is back.
    #expect(pool.acquire(2, at: at(2010)) == [.reject(2, .unreachable), .open(1)])
    #expect(pool.acquire(3, at: at(2011)) == [.reject(3, .unreachable)])
    _ = pool.opened(1, at: at(3000))
    #expect(pool.acquire(4, at: at(3001)) == [.lend(1, to: 4)])
  }

  @Test("a broken connection is replaced when somebody waits or fewer than the minimum are left")
  func replaced() {
    var pool = filled(1)
    #expect(pool.broke(0, at: at(5)) == [.close(0), .open(1)])
    #expect(pool.statistics.failed == 1)
  }

  @Test("idle connections beyond the minimum are closed, and the minimum is kept open")
  func reaping() {
    var pool = machine(minimum: 1, maximum: 5)
    _ = pool.timePassed(at(0))
    for waiter in 1...3 { _ = pool.acquire(waiter, at: at(0)) }
    for id in 0..<3 { _ = pool.opened(id, at: at(0)) }
    for id in 0..<3 { _ = pool.release(id, at: at(Int64(id))) }
    #expect(pool.maintain(at(29_000)) == [])
    let closed = pool.maintain(at(31_000)).filter { if case .close = $0 { true } else { false } }
    #expect(closed == [.close(0), .close(1)])
    #expect(pool.slots.count == 1)
  }

  @Test("connections that are never all in use are closed though each is used now and then")
  func lowWater() {
    var pool = filled(4) { $0.minimum = 1 }
    #expect(pool.slots.count == 4)
    var now: Int64 = 0
    while now < 60_000 {
      now += 1000
      guard case .lend(let id, to: _)? = pool.acquire(1, at: at(now)).first else { break }
      _ = pool.release(id, at: at(now))
      _ = pool.maintain(at(now))
    }
    #expect(pool.slots.count < 4)
  }

  @Test("connections are used evenly")
  func evenUse() {
    var pool = filled(4)
    for turn in 0..<40 {
      guard case .lend(let id, to: _)? = pool.acquire(turn, at: at(0)).first else { break }
      _ = pool.release(id, at: at(0))
    }
    #expect(pool.slots.map(\.uses) == [10, 10, 10, 10])
  }

  @Test("a preferred connection is lent when it is idle, another one when it is not")
  func preferred() {
    var pool = filled(3)
    #expect(pool.acquire(1, preferred: 2, at: at(0)) == [.lend(2, to: 1)])
    #expect(pool.acquire(2, preferred: 2, at: at(0)) == [.lend(0, to: 2)])
  }

  @Test("old and much used connections are replaced when they come back")
  func wornOut() {
    var pool = filled(1) { $0.maximumUses = 2 }
    for use in 1...2 { _ = pool.acquire(use, at: at(0)) + (use < 2 ? pool.release(0, at: at(0)) : []) }
    #expect(pool.release(0, at: at(0)) == [.close(0), .open(1)])
    var aged = filled(1) { $0.maximumLifetime = .seconds(10) }
    #expect(aged.maintain(at(10_000)) == [.close(0), .open(1)])
  }

  @Test("an idle connection is asked for a sign of life, one in use is not")
  func healthCheck() {
    var pool = filled(2)
    _ = pool.acquire(1, at: at(0))
    #expect(pool.maintain(at(30_000)) == [.check(1)])
    #expect(pool.release(1, at: at(30_001)) == [])
    #expect(pool.maintain(at(31_000)) == [])
  }

  @Test("a loop that gets no connection of the process waits until it is fed")
  func starved() {
    var pool = machine()
    #expect(pool.acquire(1, at: at(0)) == [.open(0)])
    pool.openRefused(0)
    #expect(pool.isStarved)
    #expect(pool.timePassed(at(10)) == [])
    #expect(pool.fed(at: at(20)) == [.open(1)])
  }

  @Test("an idle connection is shed for another loop, unless somebody waits")
  func shedding() {
    var pool = filled(1) { $0.minimum = 0 }
    #expect(pool.shed() == [.close(0)])
    #expect(pool.shed() == [])
  }

  @Test("closing rejects those who wait, closes what is idle, and the rest as it comes back")
  func closing() {
    var pool = filled(2)
    _ = pool.acquire(1, at: at(0))
    _ = pool.acquire(2, at: at(0))
    _ = pool.acquire(3, at: at(0))
    _ = pool.release(1, at: at(1))
    _ = pool.release(1, at: at(1))
    #expect(pool.close() == [.close(1)])
    #expect(pool.acquire(4, at: at(2)) == [.reject(4, .closed)])
    #expect(pool.release(0, at: at(3)) == [.close(0)])
    #expect(pool.slots.isEmpty)
  }

  @Test("closing while somebody waits rejects them")
  func closingWithWaiters() {
    var pool = filled(1) { $0.maximum = 1 }
    _ = pool.acquire(1, at: at(0))
    _ = pool.acquire(2, at: at(0))
    #expect(pool.close() == [.reject(2, .closed)])
  }

  @Test(
    "pauses double up to their bound and are shortened by up to half",
    arguments: [(1, 1.0, 50), (2, 1, 100), (3, 1, 200), (3, 0, 100), (8, 1, 5000), (100, 1, 5000)])
  func pauses(failures: Int, jitter: Double, milliseconds: Int) {
    let backoff = Backoff(first: .milliseconds(50), longest: .seconds(5))
    let delay = backoff.delay(afterFailures: failures, jitter: jitter)
    #expect(abs((delay / .milliseconds(1)) - Double(milliseconds)) < 0.001)
  }
}
