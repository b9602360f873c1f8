/// How long a channel waits before it tries again what failed. Source: gRPC's connection-backoff.md, with its
/// defaults.
package struct ConnectionBackoff: Sendable, Equatable {
  /// From the start of the first attempt to the start of the second. Default 1 s.
  package var initial: Duration = .seconds(1)
  /// By how much it grows with each failure. Default 1.6.
  package var multiplier = 1.6
  /// Where it stops growing. Default 120 s.
  package var maximum: Duration = .seconds(120)
  /// Part of the time by which it is made longer or shorter, so that clients do not come all at once.
  /// Default 0.2.
  package var jitter = 0.2
  /// The least time that an attempt is given. Default 20 s.
  package var minConnectTimeout: Duration = .seconds(20)

  package init() {}

  /// - Parameters:
  ///   - failures: How many attempts in a row have failed before.
  ///   - random: -1 to 1.
  func delay(after failures: Int, random: Double) -> Duration {
    var delay = initial
    for _ in 0..<failures where delay < maximum { delay = delay * multiplier }
    let factor = 1 + jitter * random
    return min(delay, maximum) * factor
  }
}
