/// Pauses between attempts that fail: doubling up to a bound, each shortened by up to half so that
/// those who failed together do not come back together.
struct Backoff: Sendable, Equatable {
  var first: Duration
  var longest: Duration

  /// - Parameters:
  ///   - failures: How many attempts failed in a row; at least one.
  ///   - jitter: Between 0 and 1.
  func delay(afterFailures failures: Int, jitter: Double) -> Duration {
    let doublings = min(max(failures, 1) - 1, 20)
    return min(longest, first * (1 << doublings)) * (0.5 + 0.5 * jitter)
  }
}
