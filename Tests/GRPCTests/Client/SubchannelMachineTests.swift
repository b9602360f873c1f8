import EventLoop
import Testing

@testable import GRPC

@Suite struct SubchannelMachineTests {
  typealias Machine = SubchannelMachine
  /// Milliseconds since the beginning.
  struct Step {
    let at: Int64
    let event: Machine.Event
    let action: Machine.Action
    let state: ConnectivityState
    let due: Int64?
  }

  static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  private static func step(
    _ at: Int64, _ event: Machine.Event, _ action: Machine.Action, _ state: ConnectivityState,
    _ due: Int64? = nil
  ) -> Step {
    Step(at: at, event: event, action: action, state: state, due: due)
  }

  private static let wanted = Machine.Event.wanted(random: 0)

  /// Back-off 1 s, ×1.6, at most 3 s; an attempt has 2 s at least.
  static let cases: [(name: String, steps: [Step])] = [
    (
      "it connects when it is wanted, and once",
      [
        step(0, wanted, .connect, .connecting, 2000), step(1, wanted, .none, .connecting, 2000),
        step(5, .connected, .none, .ready), step(6, wanted, .none, .ready),
      ]
    ),
    (
      "an attempt that is not wanted any more is given up, and another may begin at once",
      [
        step(0, wanted, .connect, .connecting, 2000), step(10, .unwanted, .abandon, .idle),
        step(11, wanted, .connect, .connecting, 2011), step(12, .connected, .none, .ready),
        step(13, .unwanted, .none, .ready),
      ]
    ),
    (
      "the back-off counts from the start of an attempt, grows, and ends growing",
      [
        step(0, wanted, .connect, .connecting, 2000), step(300, .failed, .none, .transientFailure, 1000),
        step(500, wanted, .none, .transientFailure, 1000), step(1000, .due, .none, .idle),
        step(1000, wanted, .connect, .connecting, 3000), step(1000, .failed, .none, .transientFailure, 2600),
        step(2600, .due, .none, .idle), step(2600, wanted, .connect, .connecting, 5160),
        step(2600, .failed, .none, .transientFailure, 5160), step(5160, .due, .none, .idle),
        step(5160, wanted, .connect, .connecting, 8160), step(5160, .failed, .none, .transientFailure, 8160),
      ]
    ),
    (
      "the back-off is made longer and shorter by a fifth",
      [
        step(0, .wanted(random: 1), .connect, .connecting, 2000),
        step(0, .failed, .none, .transientFailure, 1200), step(1200, .due, .none, .idle),
        step(1200, .wanted(random: -1), .connect, .connecting, 3200),
        step(1200, .failed, .none, .transientFailure, 2480),
      ]
    ),
    (
      "an attempt that takes too long is given up, and may begin again at once",
      [
        step(0, wanted, .connect, .connecting, 2000), step(2000, .due, .abandon, .transientFailure, 2000),
        step(2000, .due, .none, .idle), step(2000, wanted, .connect, .connecting, 4000),
      ]
    ),
    (
      "a connection that was made sets the back-off back",
      [
        step(0, wanted, .connect, .connecting, 2000), step(0, .failed, .none, .transientFailure, 1000),
        step(1000, .due, .none, .idle), step(1000, wanted, .connect, .connecting, 3000),
        step(1001, .connected, .none, .ready), step(1002, .left, .none, .idle),
        step(1002, wanted, .connect, .connecting, 3002), step(1003, .failed, .none, .transientFailure, 2002),
      ]
    ),
    (
      "a server that sends clients away before they call is one that failed",
      [step(0, wanted, .connect, .connecting, 2000), step(5, .left, .none, .transientFailure, 1000)]
    ),
    (
      "after the shutdown nothing counts",
      [
        step(0, wanted, .connect, .connecting, 2000), step(1, .shutDown, .abandon, .shutdown),
        step(2, .connected, .none, .shutdown), step(3, wanted, .none, .shutdown),
        step(4, .shutDown, .none, .shutdown),
      ]
    ),
    (
      "what comes too late changes nothing",
      [
        step(0, .connected, .none, .idle), step(0, .failed, .none, .idle), step(0, .left, .none, .idle),
        step(0, .due, .none, .idle),
      ]
    ),
  ]

  @Test("an address lives as its machine says", arguments: cases.indices)
  func life(_ index: Int) {
    var backoff = ConnectionBackoff()
    backoff.maximum = .seconds(3)
    backoff.minConnectTimeout = .seconds(2)
    let (name, steps) = Self.cases[index]
    var machine = Machine(backoff)
    for (number, step) in steps.enumerated() {
      #expect(machine.handle(step.event, at: Self.at(step.at)) == step.action, "\(name): step \(number)")
      #expect(machine.state == step.state, "\(name): state after step \(number)")
      // Powers of 1.6 are not whole nanoseconds.
      let due = machine.due.map { ($0.nanoseconds + 500) / 1_000_000 }
      #expect(due == step.due, "\(name): due after step \(number)")
    }
  }

  @Test("the defaults are gRPC's")
  func defaults() {
    let backoff = ConnectionBackoff()
    #expect(backoff.delay(after: 0, random: 0) == .seconds(1))
    #expect(backoff.delay(after: 1000, random: 0) == .seconds(120))
    #expect(backoff.delay(after: 1000, random: 1) == .seconds(144))
    #expect(backoff.minConnectTimeout == .seconds(20))
  }
}
