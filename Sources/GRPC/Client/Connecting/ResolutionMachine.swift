import EventLoop

/// When a target's addresses are looked up. Pure.
///
///     unresolved ──wanted──▶ resolving ──succeeded──▶ resolved ──wanted, not too soon──▶ resolving
///          ▲                     │ failed
///          └──────── due ──── failed
struct ResolutionMachine {
  enum State: Equatable { case unresolved, resolving, resolved, failed }
  enum Event: Equatable {
    /// A call needs an address, or those that there are do not answer.
    case wanted
    case succeeded
    /// `random`: -1 to 1.
    case failed(random: Double)
    /// The instant of ``due`` has come.
    case due
  }
  enum Action: Equatable { case none, resolve }

  private let backoff: ConnectionBackoff
  private let interval: Duration
  private(set) var state = State.unresolved
  /// When the next event is wanted.
  private(set) var due: Instant?
  private var failures = 0
  private var resolvedAt = Instant(nanoseconds: 0)

  /// - Parameter interval: The least time between two look-ups that succeed.
  init(_ backoff: ConnectionBackoff, interval: Duration) {
    self.backoff = backoff
    self.interval = interval
  }

  mutating func handle(_ event: Event, at now: Instant) -> Action {
    switch (state, event) {
    case (.unresolved, .wanted), (.resolved, .due):
      return resolve()
    case (.resolved, .wanted):
      if now >= resolvedAt + interval { return resolve() }
      due = resolvedAt + interval
      return .none
    case (.resolving, .succeeded):
      state = .resolved
      failures = 0
      resolvedAt = now
      return .none
    case (.resolving, .failed(let random)):
      state = .failed
      due = now + backoff.delay(after: failures, random: random)
      failures += 1
      return .none
    case (.failed, .due):
      state = .unresolved
      due = nil
      return .none
    default: return .none
    }
  }

  private mutating func resolve() -> Action {
    state = .resolving
    due = nil
    return .resolve
  }
}
