import CairnAPI
import Testing
import Wire

@testable import cairn

@Suite("Events for people")
struct EventLineTests {
  private static let start = "     7  2026-11-22 06:15:00.000  "

  private static func event(_ type: SessionEvent.Type_, _ change: (inout SessionEvent) -> Void)
    -> SessionEvent
  {
    var event = SessionEvent()
    event.sequence = 7
    event.type = type
    event.agent = "ann"
    var provenance = Provenance()
    provenance.time = .init(seconds: 1_795_328_100)
    event.provenance = provenance
    change(&event)
    return event
  }

  private static let table: [(SessionEvent, String)] = [
    (
      event(.modified) {
        var change = EventChange()
        change.operation = .added
        change.elementType = .file
        change.entities = ["a.swift", "b.swift"]
        change.affectedLines = 12
        $0.change = change
      }, "modified    added file  a.swift, b.swift  12 lines"
    ),
    (
      event(.broke) {
        var change = EventChange()
        change.entities = ["parse"]
        change.affectedLines = 1
        $0.change = change
        var transition = StateTransition()
        transition.fromState = .working
        transition.toState = .broken
        transition.verifiedBy = .test
        transition.confidence = 0.5
        $0.transition = transition
        var impact = EventImpact()
        impact.severity = .high
        impact.failedTests = ["t1", "t2"]
        impact.performanceDelta = -3.5
        impact.externalReference = "issue/1"
        $0.impact = impact
      },
      "broke       parse  1 line  working → broken (test 0.5)  high  2 failed: t1, t2  performance -3.5  issue/1"
    ),
    (
      event(.testPass) {
        var transition = StateTransition()
        transition.toState = .working
        $0.transition = transition
        var impact = EventImpact()
        impact.performanceDelta = 2
        $0.impact = impact
        $0.processingTime = .init(seconds: 1, nanos: 500_000_000)
      }, "test-pass   → working  performance +2.0  took 1.500s"
    ),
    (
      event(.handoff) {
        var handoff = EventHandoff()
        handoff.kind = .handedOver
        handoff.agent = "ann"
        handoff.toAgent = "bob"
        handoff.reason = "lunch\n"
        $0.handoff = handoff
      }, "handoff     ann handed-over to bob: lunch\\n"
    ),
    (
      event(.handoff) {
        var handoff = EventHandoff()
        handoff.kind = .joined
        handoff.agent = "ann"
        $0.handoff = handoff
      }, "handoff     ann joined"
    ),
    (event(.end) { $0.outcome = .broken }, "end         broken"),
    (event(.checkpoint) { _ in }, "checkpoint"),
    (
      event(.checkpoint) {
        $0.checkpoint = "cp-1"
        $0.outcome = .working
      }, "checkpoint  cp-1  working"
    ),
    (
      event(.message) {
        var message = SessionMessage()
        message.role = .tool
        message.name = "grep"
        message.content = String(repeating: "two\nlines ", count: 100)
        $0.message = message
      },
      "message     tool grep: " + String(repeating: "two\\nlines ", count: 9).prefix(99) + "…"
    ),
    (event(.restored) { $0.checkpoint = "cp-1" }, "restored    cp-1"),
    (
      event(.custom) {
        $0.name = "note\u{1B}[2J"
        $0.data = WellKnown.Struct(fields: ["k": WellKnown.Value(.stringValue("v"))])
        $0.payload = Array(repeating: 0, count: 2048)
        $0.mediaType = "text/plain"
      }, "custom      note\\u{1B}[2J  {\"k\":\"v\"}  2KiB of text/plain"
    ),
    (event(SessionEvent.Type_(rawValue: 88)) { _ in }, "88"),
  ]

  @Test("an event is a line", arguments: table.indices)
  func lines(index: Int) {
    let (event, shown) = Self.table[index]
    let line = EventLine.text(event, .plain)
    #expect(line == Self.start + "ann           " + shown)
  }

  @Test("without an agent, a time or a colour it is a line all the same")
  func bare() {
    #expect(EventLine.text(SessionEvent(), .plain).hasPrefix("     0  ?  -           "))
    let long = Self.event(.broke) { $0.agent = String(repeating: "a", count: 128) }
    #expect(EventLine.text(long, .plain).contains("  \(String(repeating: "a", count: 23))…  broke"))
    #expect(EventLine.text(long, TextStyle(isColoured: true)).contains("\u{1B}[31mbroke\u{1B}[0m"))
  }
}
