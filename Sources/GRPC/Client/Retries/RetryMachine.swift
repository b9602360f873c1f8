/// Whether a call whose attempt has failed gets another one. Pure. Source: gRFC A6; without hedging.
///
///     open ──answer begins, request too large to keep──▶ committed
///
/// A call is tried again, as long as it is not committed: at once when its request never left; at once, but
/// only one time, when a server has sent it back unseen; else as the policy says.
struct RetryMachine {
  /// How an attempt ended.
  enum End: Equatable {
    case ok
    /// Nothing of it was sent.
    case unsent
    /// The server has not looked at it: REFUSED_STREAM, or a GOAWAY with a lower stream id.
    case refused
    /// The server said so, or the connection was lost.
    case status(StatusCode, RetryPushback)
    /// The caller gave up, the deadline passed, or the answer cannot be read.
    case local
  }
  enum Event: Equatable {
    /// The head of an answer has come.
    case answerBegun
    /// The request is too large to be kept.
    case outgrown
    case ended(End)
  }
  enum Action: Equatable {
    case none
    /// The end of the attempt is the end of the call.
    case deliver
    case retry(after: Duration)
  }

  /// Attempts in a row that could not be sent, after which the call fails.
  private static let maxUnsent = 10

  private let policy: RetryPolicy?
  private(set) var isCommitted = false
  /// Attempts before this one that the policy counts, as `grpc-previous-rpc-attempts` tells the server.
  private(set) var previousAttempts = 0
  /// Waits since the server last said how long.
  private var waits = 0
  private var unsent = 0
  private var wasRefused = false

  init(_ policy: RetryPolicy?) { self.policy = policy }

  /// - Parameters:
  ///   - throttle: The channel's; hears of successes and failures.
  ///   - random: -1 to 1.
  mutating func handle(_ event: Event, throttle: inout RetryThrottle?, random: Double = 0) -> Action {
    switch event {
    case .answerBegun, .outgrown:
      isCommitted = true
      return .none
    case .ended(.ok):
      throttle?.succeeded()
      return .deliver
    case .ended(.local): return .deliver
    case .ended(.unsent):
      unsent += 1
      return isCommitted || unsent > Self.maxUnsent ? .deliver : .retry(after: .zero)
    case .ended(.refused):
      defer { wasRefused = true }
      if !wasRefused, !isCommitted { return .retry(after: .zero) }
      return afterStatus(.unavailable, pushback: .none, throttle: &throttle, random: random)
    case .ended(.status(let code, let pushback)):
      return afterStatus(code, pushback: pushback, throttle: &throttle, random: random)
    }
  }

  private mutating func afterStatus(
    _ code: StatusCode, pushback: RetryPushback, throttle: inout RetryThrottle?, random: Double
  ) -> Action {
    guard let policy else { return .deliver }
    let isRetryable = policy.retryableCodes.contains(code)
    if isRetryable || pushback == .stop { throttle?.failed() }
    guard isRetryable, !isCommitted, pushback != .stop, throttle?.permits ?? true,
      previousAttempts + 1 < policy.maxAttempts
    else { return .deliver }
    previousAttempts += 1
    unsent = 0
    if case .wait(let duration) = pushback {
      waits = 0
      return .retry(after: duration)
    }
    defer { waits += 1 }
    return .retry(after: policy.delay(after: waits, random: random))
  }
}
