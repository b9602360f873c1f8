import EventLoop
import Testing

@testable import GRPC

@Suite struct ResolutionMachineTests {
  typealias Machine = ResolutionMachine
  typealias Step = (
    at: Int64, event: Machine.Event, action: Machine.Action, state: Machine.State, due: Int64?
  )

  private static let failed = Machine.Event.failed(random: 0)

  /// Seconds; not twice within 30 s, back-off 1 s, then 2 s.
  static let cases: [(name: String, steps: [Step])] = [
    (
      "a name is looked up when it is wanted, and once",
      [
        (0, .wanted, .resolve, .resolving, nil), (0, .wanted, .none, .resolving, nil),
        (1, .succeeded, .none, .resolved, nil),
      ]
    ),
    (
      "not again too soon, but then without another word",
      [
        (0, .wanted, .resolve, .resolving, nil), (1, .succeeded, .none, .resolved, nil),
        (5, .wanted, .none, .resolved, 31), (6, .wanted, .none, .resolved, 31),
        (31, .due, .resolve, .resolving, nil), (32, .succeeded, .none, .resolved, nil),
        (99, .wanted, .resolve, .resolving, nil),
      ]
    ),
    (
      "a failure is waited for, longer each time, until a success",
      [
        (0, .wanted, .resolve, .resolving, nil), (0, failed, .none, .failed, 1),
        (0, .wanted, .none, .failed, 1), (1, .due, .none, .unresolved, nil),
        (7, .wanted, .resolve, .resolving, nil), (7, failed, .none, .failed, 9),
        (9, .due, .none, .unresolved, nil), (9, .wanted, .resolve, .resolving, nil),
        (9, .succeeded, .none, .resolved, nil), (50, .wanted, .resolve, .resolving, nil),
        (50, failed, .none, .failed, 51),
      ]
    ),
  ]

  @Test("addresses are looked up as the machine says", arguments: cases.indices)
  func life(_ index: Int) {
    var backoff = ConnectionBackoff()
    backoff.multiplier = 2
    let (name, steps) = Self.cases[index]
    var machine = Machine(backoff, interval: .seconds(30))
    func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }
    for (number, step) in steps.enumerated() {
      #expect(machine.handle(step.event, at: at(step.at)) == step.action, "\(name): step \(number)")
      #expect(machine.state == step.state, "\(name): state after step \(number)")
      #expect(machine.due == step.due.map(at), "\(name): due after step \(number)")
    }
  }
}
