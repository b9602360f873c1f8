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

  private static func decision(
    _ state: ConnectivityState, ready: [Int] = [], connect: [Int] = []
  ) -> Balancer.Decision {
    Balancer.Decision(state: state, ready: ready, connect: connect)
  }

  static let pickFirst: [(name: String, steps: [Step])] = [
    (
      "nothing is connected to before a call wants it",
      [("iii", false, decision(.idle)), ("iii", true, decision(.connecting, connect: [0]))]
    ),
    (
      "the next address after a failure, one at a time; then the pass has failed",
      [
        ("iii", true, decision(.connecting, connect: [0])), ("cii", true, decision(.connecting)),
        ("fii", true, decision(.connecting, connect: [1])), ("fci", true, decision(.connecting)),
        ("ffi", true, decision(.connecting, connect: [2])), ("fff", true, decision(.transientFailure)),
      ]
    ),
    (
      "a pass tries each address once, even one whose back-off is over meanwhile",
      [
        ("ii", true, decision(.connecting, connect: [0])), ("Ii", true, decision(.connecting, connect: [1])),
        ("If", true, decision(.transientFailure)), ("If", true, decision(.connecting, connect: [0])),
      ]
    ),
    (
      "those in back-off are passed over",
      [("fii", true, decision(.connecting, connect: [1]))]
    ),
    (
      "the one that is ready gets everything, and the pass is forgotten",
      [
        ("ii", true, decision(.connecting, connect: [0])), ("fi", true, decision(.connecting, connect: [1])),
        ("Ir", false, decision(.ready, ready: [1])), ("Ii", false, decision(.idle)),
        ("Ii", true, decision(.connecting, connect: [0])),
      ]
    ),
    (
      "nobody waits and nobody can be reached",
      [("ff", false, decision(.transientFailure)), ("fI", false, decision(.idle))]
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

  private func check(_ policy: LoadBalancing, _ row: (name: String, steps: [Step])) {
    var balancer = Balancer(policy)
    for (number, step) in row.steps.enumerated() {
      let decision = balancer.decide(Self.members(step.members), isWanted: step.isWanted)
      #expect(decision == step.decision, "\(row.name): step \(number)")
    }
  }
}
