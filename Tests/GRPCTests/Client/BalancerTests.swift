import EventLoop
import Testing

@testable import GRPC

@Suite struct BalancerTests {
  typealias Step = (members: String, isWanted: Bool, decision: Balancer.Decision)

  /// A letter for each address: i(dle), c(onnecting), r(eady), f(ailed, waiting). Capitals: the last attempt
  /// had failed.
  static func members(_ letters: String) -> [Balancer.Member] {
    letters.map { letter in
      let states: [String: ConnectivityState] = [
        "i": .idle, "c": .connecting, "r": .ready, "f": .transientFailure,
      ]
      return Balancer.Member(
        state: states[letter.lowercased()]!, hasFailed: letter.isUppercase || letter == "f")
    }
  }

  /// - Parameter again: Milliseconds.
  private static func decision(
    _ state: ConnectivityState, ready: [Int] = [], connect: [Int] = [], abandon: [Int] = [],
    again: Int64? = nil
  ) -> Balancer.Decision {
    Balancer.Decision(state: state, ready: ready, connect: connect, abandon: abandon, again: again.map(at))
  }

  private static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  static let pickFirst: [(name: String, steps: [Step])] = [
    (
      "nothing is connected to before a call wants it",
      [("iii", false, decision(.idle)), ("iii", true, decision(.connecting, connect: [0], again: 250))]
    ),
    (
      "the next address after a failure, one at a time; then the pass has failed",
      [
        ("iii", true, decision(.connecting, connect: [0], again: 250)),
        ("cii", true, decision(.connecting, again: 250)),
        ("fii", true, decision(.connecting, connect: [1], again: 250)),
        ("fci", true, decision(.connecting, again: 250)),
        ("ffi", true, decision(.connecting, connect: [2])), ("fff", true, decision(.transientFailure)),
      ]
    ),
    (
      "a pass tries each address once, even one whose back-off is over meanwhile",
      [
        ("ii", true, decision(.connecting, connect: [0], again: 250)),
        ("Ii", true, decision(.connecting, connect: [1])),
        ("If", true, decision(.transientFailure)), ("If", true, decision(.connecting, connect: [0])),
      ]
    ),
    (
      "those in back-off are passed over",
      [("fii", true, decision(.connecting, connect: [1], again: 250))]
    ),
    (
      "the one that is ready gets everything, and the pass is forgotten",
      [
        ("ii", true, decision(.connecting, connect: [0], again: 250)),
        ("fi", true, decision(.connecting, connect: [1])),
        ("Ir", false, decision(.ready, ready: [1])), ("Ii", false, decision(.idle)),
        ("Ii", true, decision(.connecting, connect: [0], again: 250)),
      ]
    ),
    (
      "nobody waits and nobody can be reached",
      [("ff", false, decision(.transientFailure)), ("fI", false, decision(.idle))]
    ),
  ]

  /// Each step at its milliseconds.
  static let race: [(name: String, steps: [(at: Int64, step: Step)])] = [
    (
      "an attempt is alone for a quarter of a second, then the next begins beside it; the fastest is taken",
      [
        (0, ("iiii", true, decision(.connecting, connect: [0], again: 250))),
        (249, ("ciii", true, decision(.connecting, again: 250))),
        (250, ("ciii", true, decision(.connecting, connect: [1], again: 500))),
        (499, ("ccii", true, decision(.connecting, again: 500))),
        (501, ("ccii", true, decision(.connecting, connect: [2], again: 751))),
        (600, ("crci", true, decision(.ready, ready: [1], abandon: [0, 2]))),
        (601, ("irii", false, decision(.ready, ready: [1]))),
      ]
    ),
    (
      "the next begins at once when the last one fails, not when an earlier one does",
      [
        (0, ("iiii", true, decision(.connecting, connect: [0], again: 250))),
        (250, ("ciii", true, decision(.connecting, connect: [1], again: 500))),
        (300, ("fcii", true, decision(.connecting, again: 500))),
        (310, ("ffii", true, decision(.connecting, connect: [2], again: 560))),
        (320, ("ffci", true, decision(.connecting, again: 560))),
        (560, ("ffci", true, decision(.connecting, connect: [3]))),
        (561, ("ffcc", true, decision(.connecting))), (562, ("fffc", true, decision(.connecting))),
        (563, ("ffff", true, decision(.transientFailure))),
      ]
    ),
    (
      "nothing more is begun when no call wants it any more",
      [
        (0, ("iii", true, decision(.connecting, connect: [0], again: 250))),
        (250, ("cii", false, decision(.connecting))),
        (300, ("cii", true, decision(.connecting, connect: [1], again: 550))),
        (301, ("ffi", false, decision(.idle))),
      ]
    ),
  ]

  static let roundRobin: [(name: String, steps: [Step])] = [
    ("all addresses are connected to unasked", [("iii", false, decision(.connecting, connect: [0, 1, 2]))]),
    (
      "those that are ready take the calls, the others are connected to again",
      [
        ("rci", false, decision(.ready, ready: [0], connect: [2])),
        ("rrf", true, decision(.ready, ready: [0, 1])),
        ("rrI", true, decision(.ready, ready: [0, 1], connect: [2])),
        ("rrC", true, decision(.ready, ready: [0, 1])),
      ]
    ),
    ("calls wait while one address has not failed", [("fc", true, decision(.connecting))]),
    (
      "and fail when all have, also while they are tried again",
      [
        ("ff", true, decision(.transientFailure)), ("If", true, decision(.transientFailure, connect: [0])),
        ("Cf", true, decision(.transientFailure)), ("rf", true, decision(.ready, ready: [0])),
      ]
    ),
  ]

  @Test("pick first stays with one address", arguments: pickFirst.indices)
  func first(_ index: Int) { check(.pickFirst, Self.pickFirst[index]) }

  @Test("round robin uses all addresses", arguments: roundRobin.indices)
  func robin(_ index: Int) { check(.roundRobin, Self.roundRobin[index]) }

  @Test("pick first does not wait for an address that says nothing", arguments: race.indices)
  func races(_ index: Int) {
    var balancer = Balancer(.pickFirst)
    for (time, step) in Self.race[index].steps {
      let decision = balancer.decide(
        Self.members(step.members), isWanted: step.isWanted, at: Self.at(time))
      #expect(decision == step.decision, "\(Self.race[index].name): at \(time)")
    }
  }

  @Test("the families of a name's addresses take turns, the first one's first")
  func families() {
    func endpoint(_ text: Character) -> Endpoint {
      let port = UInt16(text.unicodeScalars.first!.value)
      let kind: SocketAddress.Kind =
        text.isUppercase ? .ipv6(host: "::1", port: port) : .ipv4(host: "127.0.0.1", port: port)
      return Endpoint(SocketAddress(kind), "")
    }
    for (given, expected) in [
      ("abAB", "aAbB"), ("ABab", "AaBb"), ("aABC", "aABC"), ("ABCa", "AaBC"), ("ab", "ab"),
    ] {
      let endpoints = given.map(endpoint)
      #expect(Balancer(.pickFirst).ordered(endpoints) == expected.map(endpoint))
      #expect(Balancer(.roundRobin).ordered(endpoints) == endpoints)
    }
  }

  private func check(_ policy: LoadBalancing, _ row: (name: String, steps: [Step])) {
    var balancer = Balancer(policy)
    for (number, step) in row.steps.enumerated() {
      let decision = balancer.decide(
        Self.members(step.members), isWanted: step.isWanted, at: Self.at(0))
      #expect(decision == step.decision, "\(row.name): step \(number)")
    }
  }
}
