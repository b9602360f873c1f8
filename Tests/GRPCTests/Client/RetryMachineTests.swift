import Testing

@testable import GRPC

@Suite struct RetryMachineTests {
  typealias Machine = RetryMachine
  typealias Step = (event: Machine.Event, action: Machine.Action)

  private static func status(_ code: StatusCode, _ pushback: String? = nil) -> Machine.Event {
    .ended(.status(code, RetryPushback(pushback)))
  }
  private static func after(_ milliseconds: Int64) -> Machine.Action {
    .retry(after: .milliseconds(milliseconds))
  }

  /// Without a policy.
  static let transparent: [(name: String, steps: [Step])] = [
    ("a status ends the call", [(status(.unavailable), .deliver)]),
    ("OK ends the call", [(.ended(.ok), .deliver)]),
    (
      "what never left is sent again",
      [(.ended(.unsent), after(0)), (.ended(.unsent), after(0)), (.ended(.ok), .deliver)]
    ),
    (
      "but not for ever",
      Array(repeating: (.ended(.unsent), after(0)), count: 10) + [(.ended(.unsent), .deliver)]
    ),
    (
      "what a server sent back unseen is sent again, once",
      [(.ended(.refused), after(0)), (.ended(.refused), .deliver)]
    ),
    (
      "a call whose answer has begun is not tried again",
      [(.answerBegun, .none), (.ended(.refused), .deliver)]
    ),
    ("nor one whose request is too large to keep", [(.outgrown, .none), (.ended(.unsent), .deliver)]),
    ("nor one that the caller has ended", [(.ended(.local), .deliver)]),
  ]

  /// Four attempts, 100 ms, doubling, at most 300 ms.
  static let policy: [(name: String, steps: [Step], previous: Int)] = [
    (
      "waits grow to their maximum, and attempts end",
      [
        (status(.unavailable), after(100)), (status(.aborted), after(200)),
        (status(.unavailable), after(300)),
        (status(.unavailable), .deliver),
      ], 3
    ),
    ("other statuses end the call", [(status(.unavailable), after(100)), (status(.notFound), .deliver)], 1),
    (
      "what no server has seen does not count",
      [
        (.ended(.unsent), after(0)), (.ended(.refused), after(0)), (status(.unavailable), after(100)),
        (.ended(.unsent), after(0)),
      ], 1
    ),
    (
      "a second refusal is a failed attempt",
      [(.ended(.refused), after(0)), (.ended(.refused), after(100))], 1
    ),
    (
      "the server says how long, and the waits begin anew",
      [
        (status(.unavailable), after(100)), (status(.unavailable, "1500"), after(1500)),
        (status(.unavailable), after(100)),
      ], 3
    ),
    ("at once, too", [(status(.unavailable, "0"), after(0))], 1),
    ("the server says not at all", [(status(.unavailable, "-1"), .deliver)], 0),
    ("or something that is no number", [(status(.unavailable, "soon"), .deliver)], 0),
    ("a wait for a status that is final stays final", [(status(.notFound, "5"), .deliver)], 0),
    ("a committed call is not tried again", [(.answerBegun, .none), (status(.unavailable), .deliver)], 0),
    (
      "nor one that the caller has ended", [(status(.unavailable), after(100)), (.ended(.local), .deliver)], 1
    ),
  ]

  static let fourAttempts = RetryPolicy(
    maxAttempts: 4, initialBackoff: .milliseconds(100), maxBackoff: .milliseconds(300), multiplier: 2,
    retryableCodes: [.unavailable, .aborted])

  @Test("without a policy only what was not seen is tried again", arguments: transparent.indices)
  func withoutPolicy(_ index: Int) {
    let (name, steps) = Self.transparent[index]
    var machine = Machine(nil)
    var throttle: RetryThrottle?
    for (number, step) in steps.enumerated() {
      #expect(machine.handle(step.event, throttle: &throttle) == step.action, "\(name): step \(number)")
    }
    #expect(machine.previousAttempts == 0)
  }

  @Test("a policy tries again by status", arguments: policy.indices)
  func withPolicy(_ index: Int) {
    let (name, steps, previous) = Self.policy[index]
    var machine = Machine(Self.fourAttempts)
    var throttle: RetryThrottle?
    for (number, step) in steps.enumerated() {
      #expect(machine.handle(step.event, throttle: &throttle) == step.action, "\(name): step \(number)")
    }
    #expect(machine.previousAttempts == previous, "\(name)")
  }

  @Test("waits differ by a fifth at most")
  func jitter() {
    let policy = Self.fourAttempts
    #expect(policy.delay(after: 0, random: -1) == .milliseconds(80))
    #expect(policy.delay(after: 0, random: 1) == .milliseconds(120))
  }

  @Test("more than five attempts are five")
  func mostAttempts() { #expect(RetryPolicy(maxAttempts: 9).maxAttempts == 5) }

  @Test("a throttle stops retries at half of its tokens, and successes fill it")
  func throttle() {
    var throttle: RetryThrottle? = RetryThrottle(maxTokens: 4, tokenRatio: 0.5)
    func fail(_ code: StatusCode = .unavailable, _ pushback: String? = nil) -> Machine.Action {
      var machine = Machine(Self.fourAttempts)
      return machine.handle(Self.status(code, pushback), throttle: &throttle)
    }
    #expect(fail() == Self.after(100) && throttle?.tokens == 3)
    #expect(fail() == .deliver && throttle?.tokens == 2)
    #expect(fail(.notFound) == .deliver && throttle?.tokens == 2)
    for _ in 0..<3 {
      var machine = Machine(Self.fourAttempts)
      _ = machine.handle(.ended(.ok), throttle: &throttle)
    }
    #expect(throttle?.tokens == 3.5)
    #expect(fail(.notFound, "-1") == .deliver && throttle?.tokens == 2.5)
    for _ in 0..<10 { throttle?.succeeded() }
    #expect(throttle?.tokens == 4)
    for _ in 0..<10 { throttle?.failed() }
    #expect(throttle?.tokens == 0)
  }
}
