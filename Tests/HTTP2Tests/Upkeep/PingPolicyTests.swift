import EventLoop
import Testing

@testable import HTTP2

@Suite struct PingPolicyTests {
  struct Ping {
    let at: Int64
    var streams = 1
    var hasSent = false
    var verdict = PingPolicy.Verdict.fine
  }

  /// At least 300 s between two PINGs.
  static let cases: [(name: String, permitsWithoutStreams: Bool, pings: [Ping])] = [
    ("patience is fine for ever", false, (0..<20).map { Ping(at: $0 * 300) }),
    (
      "two too soon are borne, the third is not",
      false, [Ping(at: 0), Ping(at: 1), Ping(at: 2), Ping(at: 3, verdict: .tooMany)]
    ),
    (
      "strikes stay although the client waits in between",
      false,
      [Ping(at: 0), Ping(at: 1), Ping(at: 2), Ping(at: 302), Ping(at: 303, verdict: .tooMany)]
    ),
    (
      "what the server sends forgives",
      false,
      [Ping(at: 0), Ping(at: 1), Ping(at: 2), Ping(at: 3, hasSent: true), Ping(at: 4), Ping(at: 5)]
        + [Ping(at: 6, verdict: .tooMany)]
    ),
    (
      "without calls once in two hours",
      false,
      [
        Ping(at: 0, streams: 0), Ping(at: 7200, streams: 0), Ping(at: 7500, streams: 0),
        Ping(at: 7800, streams: 0), Ping(at: 8100, streams: 0, verdict: .tooMany),
      ]
    ),
    (
      "without calls as often as with them where that is permitted",
      true, (0..<20).map { Ping(at: $0 * 300, streams: 0) }
    ),
  ]

  @Test("a client may ask now and then", arguments: cases.indices)
  func policy(_ index: Int) {
    let (name, permits, pings) = Self.cases[index]
    var policy = PingPolicy(minInterval: .seconds(300), permitsWithoutStreams: permits)
    for (number, ping) in pings.enumerated() {
      let verdict = policy.pinged(
        at: Instant(nanoseconds: ping.at * 1_000_000_000), openStreams: ping.streams, hasSent: ping.hasSent)
      #expect(verdict == ping.verdict, "\(name): ping \(number)")
    }
  }
}
