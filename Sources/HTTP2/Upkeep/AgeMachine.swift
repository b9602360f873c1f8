import EventLoop

/// When a connection has lived long enough, or has been without calls for long enough: then it is asked
/// to leave, and after a grace it is closed. Pure.
///
///     serving ──idle, old──▶ leaving ──grace──▶ over
struct AgeMachine {
  enum State: Equatable { case serving, leaving, over }
  enum Event: Equatable {
    /// The instant of ``due`` has come. `idleSince`: since when no call is open; nil while one is.
    case due(idleSince: Instant?)
  }
  enum Action: Equatable { case none, drain, close }

  private let maxIdle: Duration?
  private let endsAt: Instant?
  private let grace: Duration?
  private(set) var state = State.serving
  /// When the next event is wanted.
  private(set) var due: Instant?

  /// - Parameters:
  ///   - maxIdle: Time without a call; nil for ever.
  ///   - maxAge: Life of a connection; nil for ever. Ten percent more or less by `jitter`, so that clients
  ///     that came together do not come again together.
  ///   - grace: Time for the calls under way once it is old; nil for ever.
  ///   - jitter: -1 to 1.
  init(maxIdle: Duration?, maxAge: Duration?, grace: Duration?, jitter: Double, now: Instant) {
    self.maxIdle = maxIdle
    self.grace = grace
    endsAt = maxAge.map { now + $0 + $0 * (jitter / 10) }
    schedule(maxIdle.map { now + $0 })
  }

  mutating func handle(_ event: Event, at now: Instant) -> Action {
    guard case .due(let idleSince) = event else { return .none }
    switch state {
    case .serving:
      if let endsAt, now >= endsAt { return leave(at: now, grace: grace) }
      guard let maxIdle else { return .none }
      // A connection in use is looked at again later; its calls set no timer.
      let isOver = idleSince.map { now >= $0 + maxIdle } ?? false
      if isOver { return leave(at: now, grace: nil) }
      schedule((idleSince ?? now) + maxIdle)
      return .none
    case .leaving:
      state = .over
      due = nil
      return .close
    case .over: return .none
    }
  }

  private mutating func leave(at now: Instant, grace: Duration?) -> Action {
    state = .leaving
    due = grace.map { now + $0 }
    return .drain
  }

  private mutating func schedule(_ idleCheck: Instant?) {
    due = [idleCheck, endsAt].compactMap { $0 }.min()
  }
}
