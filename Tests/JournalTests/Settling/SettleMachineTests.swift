import Testing

@testable import Journal

@Suite struct SettleMachineTests {
  typealias Step = (event: SettleMachine.Event, action: SettleMachine.Action)

  private func run(_ steps: [Step], from settled: Int64 = 10) -> SettleMachine {
    var machine = SettleMachine(settled: settled)
    for (index, step) in steps.enumerated() {
      #expect(machine.handle(step.event) == step.action, "step \(index): \(step.event)")
    }
    return machine
  }

  private static let toWaiting: [Step] = [
    (.nudged, .readSequence), (.sequence(12), .takeTransaction),
    (.transaction(id: 500, log: 9000), .readSnapshot),
  ]

  @Test("a position is settled once no transaction up to the one taken after it runs")
  func settles() {
    let machine = run(
      Self.toWaiting + [
        (.snapshot(oldest: 499, flushed: 9000), .pause(milliseconds: 1)), (.resumed, .readSnapshot),
        (.snapshot(oldest: 500, flushed: 9000), .pause(milliseconds: 2)), (.resumed, .readSnapshot),
        (.snapshot(oldest: 501, flushed: 9000), .publish(12)), (.resumed, .rest),
      ])
    #expect(machine.settled == 12)
  }

  @Test("nothing is taken when no position was drawn")
  func nothingNew() {
    let machine = run([(.nudged, .readSequence), (.sequence(10), .rest), (.nudged, .readSequence)])
    #expect(machine.settled == 10)
  }

  @Test("a position whose draw is not on disk is not settled, and the log is flushed on purpose")
  func waitsForTheLog() {
    let short = SettleMachine.Event.snapshot(oldest: 501, flushed: 8999)
    let machine = run(
      Self.toWaiting + [
        (short, .pause(milliseconds: 1)), (.resumed, .readSnapshot),
        (short, .pause(milliseconds: 1)), (.resumed, .readSnapshot),
        (short, .flushLog), (.resumed, .readSnapshot),
        (.snapshot(oldest: 520, flushed: 9100), .publish(12)),
      ])
    #expect(machine.settled == 12)
  }

  @Test("the pause grows while a transaction stays open, and stays short enough to notice its end")
  func pauses() {
    var machine = run(Self.toWaiting)
    var pauses: [Int] = []
    for _ in 0..<20 {
      guard case .pause(let milliseconds) = machine.handle(.snapshot(oldest: 3, flushed: 9000)) else {
        Issue.record("no pause")
        return
      }
      pauses.append(milliseconds)
      #expect(machine.handle(.resumed) == .readSnapshot)
    }
    #expect(Array(pauses.prefix(8)) == [1, 2, 4, 8, 16, 32, 50, 50])
    #expect(pauses.max() == 50)
    #expect(machine.pending == 12)
  }

  @Test("after a failure a round begins anew", arguments: 0...3)
  func fails(after step: Int) {
    let steps = Array(Self.toWaiting.prefix(step))
    let machine = run(
      steps + [(.failed, .rest), (.nudged, .readSequence), (.sequence(12), .takeTransaction)])
    #expect(machine.settled == 10)
  }

  @Test("a sequence that went back is reported, and settling goes on from there")
  func regresses() {
    let machine = run([
      (.nudged, .readSequence), (.sequence(4), .regressed(4)), (.resumed, .rest),
      (.nudged, .readSequence), (.sequence(5), .takeTransaction),
    ])
    #expect(machine.settled == 4)
  }
}
