/// Holds a channel's retries back while many of its calls fail, so that they do not bury a server that is
/// in trouble. Source: gRFC A6, "Throttling Retry Attempts". A value; the channel has one.
package struct RetryThrottle: Sendable, Equatable {
  private let maxTokens: Double
  private let tokenRatio: Double
  private(set) var tokens: Double

  /// - Parameters:
  ///   - maxTokens: Calls that may fail in a row, times two. More than 0, at most 1000.
  ///   - tokenRatio: How many failures a success makes up for.
  package init(maxTokens: Double, tokenRatio: Double) {
    precondition(maxTokens > 0 && maxTokens <= 1000 && tokenRatio > 0, "a throttle that cannot be")
    self.maxTokens = maxTokens
    self.tokenRatio = tokenRatio
    tokens = maxTokens
  }

  var permits: Bool { tokens > maxTokens / 2 }

  mutating func failed() { tokens = max(0, tokens - 1) }

  mutating func succeeded() { tokens = min(maxTokens, tokens + tokenRatio) }
}
