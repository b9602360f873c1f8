import EventLoop

extension PoolMachine {
  struct Settings {
    var minimum = 0
    var maximum = 16
    var acquireTimeout: Duration = .seconds(2)
    var idleTimeout: Duration = .seconds(30)
    var maximumLifetime: Duration = .seconds(3600)
    var maximumUses = 0
    var healthCheckInterval: Duration = .seconds(30)
    var backoff = Backoff(first: .milliseconds(50), longest: .seconds(5))
  }

  enum Rejection: Equatable { case timedOut, unreachable, closed }

  enum Action: Equatable {
    case open(Int)
    case lend(Int, to: Int)
    case reject(Int, Rejection)
    case close(Int)
    /// Lend it to a health check, which gives it back.
    case check(Int)
  }

  enum State: Equatable { case opening, idle, lent }

  struct Slot {
    let id: Int
    var state = State.opening
    var openedAt = Instant(nanoseconds: 0)
    var idleSince = Instant(nanoseconds: 0)
    var checkedAt = Instant(nanoseconds: 0)
    var uses = 0
    var lifetime = Duration.zero
  }

  struct Waiter {
    let id: Int
    let preferred: Int?
    let since: Instant
  }
}
