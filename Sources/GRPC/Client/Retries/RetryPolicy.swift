/// Which failed calls are tried again, and when. Source: gRFC A6.
///
/// Beside it every call is tried again that no server has seen: that needs no policy.
package struct RetryPolicy: Sendable, Equatable {
  /// All attempts of a call, the first one included: 2 to 5.
  package let maxAttempts: Int
  /// The wait before the second attempt, a fifth more or less.
  package let initialBackoff: Duration
  /// Where the wait stops growing.
  package let maxBackoff: Duration
  /// By how much the wait grows with each attempt.
  package let multiplier: Double
  /// The statuses that are tried again. Choose those that say that nothing was done, or methods that may be
  /// done twice.
  package let retryableCodes: Set<StatusCode>

  /// - Parameter maxAttempts: More than 5 are taken for 5, as the source asks.
  package init(
    maxAttempts: Int, initialBackoff: Duration = .milliseconds(100), maxBackoff: Duration = .seconds(10),
    multiplier: Double = 2, retryableCodes: Set<StatusCode> = [.unavailable]
  ) {
    precondition(
      maxAttempts > 1 && initialBackoff > .zero && maxBackoff > .zero && multiplier > 0
        && !retryableCodes.isEmpty && !retryableCodes.contains(.ok), "a retry policy that cannot be")
    self.maxAttempts = min(maxAttempts, 5)
    self.initialBackoff = initialBackoff
    self.maxBackoff = maxBackoff
    self.multiplier = multiplier
    self.retryableCodes = retryableCodes
  }

  /// - Parameters:
  ///   - retries: How many waits there were since the first attempt, or since a server said how long to wait.
  ///   - random: -1 to 1.
  func delay(after retries: Int, random: Double) -> Duration {
    var delay = initialBackoff
    for _ in 0..<retries where delay < maxBackoff { delay = delay * multiplier }
    let factor = 1 + 0.2 * random
    return min(delay, maxBackoff) * factor
  }
}

/// What a server says about trying again: `grpc-retry-pushback-ms`.
enum RetryPushback: Equatable {
  case none
  case wait(Duration)
  /// Not at all: a negative number, or something that is none.
  case stop

  init(_ field: String?) {
    guard let field else {
      self = .none
      return
    }
    if let milliseconds = Int32(field), milliseconds >= 0 {
      self = .wait(.milliseconds(milliseconds))
    } else {
      self = .stop
    }
  }
}
