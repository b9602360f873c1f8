import EventLoop

/// How often a client may ask whether the server is there, and when it has asked too often. Pure.
///
/// Source: gRFC A8. Each PING that comes too soon after the one before is a strike; more than two are
/// answered with GOAWAY. Whatever the server sends meanwhile forgives: clients measure by PING how fast
/// data comes.
struct PingPolicy {
  enum Verdict: Equatable { case fine, tooMany }

  /// Strikes that are borne, as in all gRPC servers.
  static let strikesBorne = 2
  /// The least time between two PINGs of a connection without calls where those are not permitted.
  static let idleInterval: Duration = .seconds(2 * 3600)

  private let minInterval: Duration
  private let permitsWithoutStreams: Bool
  private var lastPing: Instant?
  private(set) var strikes = 0

  init(minInterval: Duration, permitsWithoutStreams: Bool) {
    self.minInterval = minInterval
    self.permitsWithoutStreams = permitsWithoutStreams
  }

  /// - Parameter hasSent: Whether the server has sent headers or data since the last PING.
  mutating func pinged(at now: Instant, openStreams: Int, hasSent: Bool) -> Verdict {
    defer { lastPing = now }
    if hasSent {
      strikes = 0
      return .fine
    }
    let isIdle = openStreams == 0 && !permitsWithoutStreams
    guard let lastPing, lastPing + (isIdle ? Self.idleInterval : minInterval) > now else { return .fine }
    strikes += 1
    return strikes > Self.strikesBorne ? .tooMany : .fine
  }
}
