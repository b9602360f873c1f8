import CairnAPI
import GRPC
import Testing
import Wire

@testable import Sessions

/// What a checkpoint says of the events before it, and which step makes one.
@Suite struct CheckpointSummaryTests {
  private func effect(
    _ severity: Severity = .low, _ delta: Double? = nil, to state: SessionState? = nil,
    about entity: String? = nil
  ) -> EventEffect {
    EventEffect(severity: severity, performanceDelta: delta, toState: state, entity: entity)
  }

  @Test("of nothing, all is well")
  func empty() {
    let summary = CheckpointSummary(of: [])
    #expect(summary.outcome == .working && summary.keyImpacts.isEmpty && summary.performanceDelta == 0)
  }

  @Test("key impacts are of high and critical events, each once, by their bytes; deltas add up")
  func sums() {
    let summary = CheckpointSummary(of: [
      effect(.high, -2.5, about: "b"), effect(.critical, about: "a"), effect(.high, 1, about: "b"),
      effect(.medium, 4, about: "c"), effect(.high), effect(.high, about: "\u{e9}"),
      effect(.high, about: "e\u{301}"),
    ])
    #expect(summary.keyImpacts == ["b", "a", "\u{e9}", "e\u{301}"])
    #expect(summary.performanceDelta == 2.5)
    #expect(summary.outcome == .working)
  }

  @Test("twenty events count, and no more")
  func bounds() {
    let broken = effect(to: .broken)
    let others = (0..<20).map { _ in effect(.low, 1) }
    #expect(CheckpointSummary(of: others.dropLast() + [broken]).outcome == .broken)
    #expect(CheckpointSummary(of: others + [broken]).outcome == .working)
    #expect(CheckpointSummary(of: others + others).performanceDelta == 20)
  }

  @Test("deltas that add up to no figure are none")
  func overflow() {
    let huge = effect(.low, .greatestFiniteMagnitude)
    #expect(CheckpointSummary(of: [huge, huge]).performanceDelta == 0)
  }

  @Test(
    "a checkpoint is due when the log grows past a multiple of the interval",
    arguments: [
      // Last place, events, interval, whether.
      (9, 1, 10, true), (8, 1, 10, false), (10, 1, 10, false), (8, 25, 10, true), (5, 1, 0, false),
      (0, 1, 1, true), (6, 1, 7, true),
    ] as [(Int64, Int, Int32, Bool)])
  func due(last: Int64, count: Int, interval: Int32, isDue: Bool) {
    let stored = stored {
      $0.lastSequence = last
      $0.checkpointInterval = interval
    }
    let step = SessionStep(
      session: stored.session, events: .init(repeating: SessionEvent(), count: count), expiry: .renewed)
    let marked = step.markedIfDue(over: stored)
    #expect((marked.checkpoint != nil) == isDue)
    #expect(marked.events.count == count)
    #expect(!isDue || marked.checkpoint?.kind == .automatic && marked.action == "checkpointed")
  }

  @Test("a CHECKPOINT event tells of its checkpoint, and one is appended where there is none")
  func events() throws {
    var given = SessionEvent()
    given.type = SessionEvent.Type_.checkpoint
    given.agent = "a"
    let step = SessionStep(session: stored().session, events: [given], expiry: .renewed)
      .marked(CheckpointDraft(id: "cp", agent: "a"), over: stored())
    #expect(step.events.map(\.checkpoint) == ["cp"] && step.checkpoint?.sequence == 6)
    let made = try stored(.broken, agents: ["a", "b"]).marked(CheckpointDraft(id: "cp", kind: .failure))
    #expect(made.events.map(\.type) == [.checkpoint] && made.session.checkpoint == "cp")
    #expect(made.checkpoint?.agents == ["a", "b"] && made.checkpoint?.state == .broken)
    #expect(
      reason { () throws(RPCError) in _ = try stored(.completed).marked(CheckpointDraft()) } == .sessionEnded)
    #expect(
      reason { () throws(RPCError) in _ = try stored().marked(CheckpointDraft(agent: "b")) } == .notAMember)
  }
}
