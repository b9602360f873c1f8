import EventLoop

/// Life of one address of a channel: when it is connected to, and when again. Pure.
///
///     idle ──wanted──▶ connecting ──connected──▶ ready
///      ▲ ▲                 │                       │ left
///      │ └───due─── transientFailure ◀─failed, due─┘ (left, unwanted: to idle)
///
/// Source: gRPC's connection-backoff.md: the back-off counts from the start of an attempt, and a
/// connection that was made sets it back.
struct SubchannelMachine {
  enum Event: Equatable {
    /// A call, or the policy, wants a connection. `random`: -1 to 1.
    case wanted(random: Double)
    /// The server's settings have come.
    case connected
    case failed
    /// The connection is lost or takes no more calls.
    case left
    /// Another address was faster: an attempt under way is given up, and counts as none.
    case unwanted
    /// The instant of ``due`` has come.
    case due
    case shutDown
  }
  enum Action: Equatable {
    case none
    /// Begin an attempt; it has until ``due``.
    case connect
    /// Give up the attempt or the connection that there is.
    case abandon
  }

  private let backoff: ConnectionBackoff
  private(set) var state = ConnectivityState.idle
  /// When the next event is wanted.
  private(set) var due: Instant?
  /// Attempts that failed since the last one that did not.
  private(set) var failures = 0
  private var earliestRetry = Instant(nanoseconds: 0)

  init(_ backoff: ConnectionBackoff) { self.backoff = backoff }

  mutating func handle(_ event: Event, at now: Instant) -> Action {
    switch (state, event) {
    case (.shutdown, _): return .none
    case (_, .shutDown):
      state = .shutdown
      due = nil
      return .abandon
    case (.idle, .wanted(let random)):
      state = .connecting
      earliestRetry = now + backoff.delay(after: failures, random: random)
      due = max(earliestRetry, now + backoff.minConnectTimeout)
      return .connect
    case (.connecting, .connected):
      state = .ready
      failures = 0
      due = nil
      return .none
    case (.connecting, .failed), (.connecting, .left):
      fail(now)
      return .none
    case (.connecting, .unwanted):
      state = .idle
      due = nil
      return .abandon
    case (.connecting, .due):
      fail(now)
      return .abandon
    case (.transientFailure, .due), (.ready, .left):
      state = .idle
      due = nil
      return .none
    default: return .none
    }
  }

  private mutating func fail(_ now: Instant) {
    state = .transientFailure
    failures += 1
    due = max(earliestRetry, now)
  }
}
