import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

@Suite struct EventDraftTests {
  typealias Case = (change: @Sendable (inout SessionEvent) -> Void, wrong: [String])

  /// A MODIFIED event, of which nothing is wrong.
  private static func sound() -> SessionEvent {
    var event = SessionEvent()
    event.type = .modified
    event.change = EventChange.with { $0.entities = ["a.swift", "b.swift"] }
    return event
  }

  private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }

  static let types: [Case] = [
    ({ _ in }, []),
    ({ $0.type = .broke }, []),
    ({ $0.type = .testPass }, []),
    ({ $0.type = .checkpoint }, []),
    ({ $0.type = .unspecified }, ["event.type"]),
    ({ $0.type = .unrecognized(77) }, ["event.type"]),
    ({ $0.type = .start }, ["event.type"]),
    ({ $0.type = .end }, ["event.type"]),
    ({ $0.type = .restored }, ["event.type"]),
    ({ $0.change = nil }, ["event.change"]),
    (
      {
        $0.type = .broke
        $0.change = nil
      }, ["event.change"]
    ),
    (
      {
        $0.type = .testPass
        $0.change = nil
      }, ["event.change"]
    ),
    (
      {
        $0.type = .checkpoint
        $0.change = nil
      }, []
    ),
    ({ $0.type = .custom }, ["event.name"]),
    (
      {
        $0.type = .custom
        $0.name = "deployed"
      }, []
    ),
    (
      {
        $0.type = .custom
        $0.name = long(129)
      }, ["event.name"]
    ),
    ({ $0.name = "deployed" }, ["event.name"]),
  ]

  static let handoffs: [Case] = [
    ({ $0.type = .handoff }, ["event.handoff"]),
    ({ $0.handoff = handoff() }, ["event.handoff"]),
    (
      {
        $0.type = .handoff
        $0.handoff = handoff()
      }, []
    ),
    (
      {
        $0.type = .handoff
        $0.handoff = handoff { $0.kind = .joined }
      }, ["event.handoff.kind"]
    ),
    (
      {
        $0.type = .handoff
        $0.handoff = handoff { $0.kind = .left }
      }, ["event.handoff.kind"]
    ),
    (
      {
        $0.type = .handoff
        $0.handoff = handoff { $0.kind = .unrecognized(9) }
      }, ["event.handoff.kind"]
    ),
    (
      {
        $0.type = .handoff
        $0.handoff = EventHandoff()
      }, ["event.handoff.kind", "event.handoff.agent", "event.handoff.to_agent"]
    ),
    (
      {
        $0.type = .handoff
        $0.handoff = handoff {
          $0.toAgent = long(129)
          $0.reason = long(1_025)
        }
      }, ["event.handoff.to_agent", "event.handoff.reason"]
    ),
  ]

  private static func handoff(_ change: (inout EventHandoff) -> Void = { _ in }) -> EventHandoff {
    var handoff = EventHandoff()
    (handoff.kind, handoff.agent, handoff.toAgent) = (.handedOver, "ann", "bob")
    change(&handoff)
    return handoff
  }

  static let parts: [Case] = [
    ({ $0.agent = long(128) }, []),
    ({ $0.agent = long(129) }, ["event.agent"]),
    (
      { $0.change?.entities = ["a", "b", "", "a", "e\u{301}", "\u{e9}"] },
      ["event.change.entities[2]", "event.change.entities[3]"]
    ),
    ({ $0.change?.entities = (0..<1_000).map(String.init) }, []),
    ({ $0.change?.entities = (0..<1_001).map(String.init) }, ["event.change.entities"]),
    ({ $0.change?.entities = [long(512), long(513)] }, ["event.change.entities[1]"]),
    (
      {
        $0.change?.elementType = .unrecognized(7)
        $0.change?.operation = .unrecognized(6)
        $0.change?.affectedLines = -1
        $0.change?.semanticHash = long(129)
      },
      [
        "event.change.element_type", "event.change.operation", "event.change.affected_lines",
        "event.change.semantic_hash",
      ]
    ),
    ({ $0.transition = StateTransition() }, ["event.transition.to_state"]),
    ({ $0.transition = StateTransition.with { $0.toState = .coordinating } }, []),
    ({ $0.transition = StateTransition.with { $0.toState = .completed } }, ["event.transition.to_state"]),
    (
      {
        $0.transition = StateTransition.with {
          $0.fromState = .unrecognized(5)
          $0.toState = .unrecognized(5)
          $0.verifiedBy = .unrecognized(5)
          $0.confidence = 1.5
        }
      },
      [
        "event.transition.from_state", "event.transition.to_state", "event.transition.verified_by",
        "event.transition.confidence",
      ]
    ),
    ({ $0.transition = transition(confidence: 0) }, []),
    ({ $0.transition = transition(confidence: 1) }, []),
    ({ $0.transition = transition(confidence: -0.001) }, ["event.transition.confidence"]),
    ({ $0.transition = transition(confidence: .nan) }, ["event.transition.confidence"]),
    (
      {
        $0.impact = EventImpact.with {
          $0.severity = .unrecognized(5)
          $0.failedTests = ["a", "", "a"]
          $0.performanceDelta = .infinity
          $0.externalReference = long(1_025)
        }
      },
      [
        "event.impact.severity", "event.impact.failed_tests[1]", "event.impact.performance_delta",
        "event.impact.external_reference",
      ]
    ),
    (
      { $0.impact = EventImpact.with { $0.failedTests = Array(repeating: "t", count: 1_001) } },
      ["event.impact.failed_tests"]
    ),
    ({ $0.impact = EventImpact.with { $0.performanceDelta = -12.5 } }, []),
    ({ $0.payload = [UInt8](repeating: 0, count: 1_048_576) }, []),
    ({ $0.payload = [UInt8](repeating: 0, count: 1_048_577) }, ["event.payload"]),
    ({ $0.mediaType = "text" }, ["event.media_type"]),
    ({ $0.mediaType = "application/json" }, []),
    ({ $0.processingTime = WellKnown.Duration(seconds: 0) }, []),
    ({ $0.processingTime = WellKnown.Duration(seconds: -1) }, ["event.processing_time"]),
    ({ $0.processingTime = WellKnown.Duration(seconds: 1, nanos: 1_000_000_000) }, ["event.processing_time"]),
    ({ $0.processingTime = WellKnown.Duration(seconds: 315_576_000_001) }, ["event.processing_time"]),
    ({ $0.data = data(long(65_000)) }, []),
    ({ $0.data = data(long(65_537)) }, ["event.data"]),
    ({ $0.data = data("a\u{0}b") }, ["event.data.text"]),
    (
      {
        $0.agent = "\n"
        $0.change?.entities = [""]
        $0.transition = StateTransition()
        $0.mediaType = "/"
      }, ["event.agent", "event.change.entities[0]", "event.transition.to_state", "event.media_type"]
    ),
    // Each part is within its bounds, and all of them are more than an event may have.
    (
      {
        $0.payload = [UInt8](repeating: 0, count: 1_048_576)
        $0.change?.entities = (1_000..<2_000).map { "\($0)" + String(repeating: "ä", count: 508) }
        $0.impact = EventImpact.with { $0.failedTests = Array(repeating: long(512), count: 1_000) }
      }, ["event"]
    ),
  ]

  private static func transition(confidence: Double) -> StateTransition {
    StateTransition.with {
      $0.toState = .broken
      $0.confidence = confidence
    }
  }

  private static func data(_ text: String) -> WellKnown.Struct {
    var data = WellKnown.Struct()
    data.fields["text"] = WellKnown.Value.with { $0.kind = .stringValue(text) }
    return data
  }

  static let cases = types + handoffs + parts

  @Test("everything wrong with an event is named, by its path", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var event = Self.sound()
    Self.cases[index].change(&event)
    let wrong = try wrongFields { () throws(RPCError) in
      var violations = Violations()
      _ = EventDraft(validating: event, at: "event", &violations)
      try violations.check()
    }
    #expect(wrong == Self.cases[index].wrong)
  }

  @Test("an event must be there")
  func missing() {
    var violations = Violations()
    _ = EventDraft(validating: nil, at: "events[3]", &violations)
    #expect(violations.listed.map(\.field) == ["events[3]"])
  }

  @Test("what the server alone says is not taken from clients, nor what has no field here")
  func outputOnly() throws {
    var given = Self.sound()
    given.session = "other"
    (given.sequence, given.position, given.ordinal) = (7, 8, 9)
    given.provenance = Provenance.with { $0.principal = "root" }
    (given.outcome, given.checkpoint) = (.broken, "cp-1")
    // Fields 100 of the event and of its change.
    let unknown: [UInt8] = [0xa0, 0x06, 0x01]
    let change = try #require(given.change).serializedBytes() + unknown
    given.change = try EventChange(decoding: change)
    let parsed = try SessionEvent(decoding: given.serializedBytes() + unknown)
    #expect(parsed != Self.sound() && parsed.change != Self.sound().change)
    var violations = Violations()
    let draft = EventDraft(validating: parsed, at: "event", &violations)
    #expect(violations.isEmpty)
    #expect(draft.event == Self.sound())
  }

  @Test("all that a client may say is kept")
  func kept() {
    var event = Self.sound()
    event.type = .custom
    event.name = "deployed"
    event.agent = "ann"
    event.change = EventChange.with {
      $0.elementType = .file
      $0.entities = ["a"]
      $0.operation = .renamed
      $0.affectedLines = 3
      $0.semanticHash = "h"
    }
    event.transition = StateTransition.with {
      $0.fromState = .working
      $0.toState = .broken
      $0.verifiedBy = .manual
      $0.confidence = 0
    }
    event.impact = EventImpact.with {
      $0.severity = .critical
      $0.failedTests = ["t", "t"]
      $0.performanceDelta = 0
      $0.externalReference = "r"
    }
    event.data = Self.data("x")
    event.payload = [1, 2]
    event.mediaType = "a/b"
    event.processingTime = WellKnown.Duration(seconds: 1, nanos: 5)
    var violations = Violations()
    #expect(EventDraft(validating: event, at: "event", &violations).event == event)
    #expect(violations.isEmpty)
  }
}
