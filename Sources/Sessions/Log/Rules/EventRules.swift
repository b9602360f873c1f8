import CairnAPI
import Requests
import Wire

/// The parts of an event, each with what the server keeps of it: the fields that it knows.
extension Violations {
  mutating func change(_ given: EventChange, at path: String) -> EventChange {
    var change = EventChange()
    change.elementType = given.elementType
    if case .unrecognized(let number) = given.elementType {
      unknown("\(path).element_type", number: number)
    }
    change.entities = given.entities
    entities(given.entities, at: "\(path).entities")
    change.operation = given.operation
    if case .unrecognized(let number) = given.operation { unknown("\(path).operation", number: number) }
    change.affectedLines = given.affectedLines
    if given.affectedLines < 0 { add("must not be negative", at: "\(path).affected_lines") }
    change.semanticHash = given.semanticHash
    text(given.semanticHash, at: "\(path).semantic_hash", atMost: Limits.semanticHashLength)
    return change
  }

  mutating func transition(_ given: StateTransition, at path: String) -> StateTransition {
    var transition = StateTransition()
    transition.fromState = given.fromState
    if case .unrecognized(let number) = given.fromState { unknown("\(path).from_state", number: number) }
    transition.toState = given.toState
    switch given.toState {
    case .working, .broken, .coordinating: break
    case .completed: add("must not be COMPLETED: EndSession completes a session", at: "\(path).to_state")
    case .unspecified, .unrecognized: unknown("\(path).to_state", number: given.toState.rawValue)
    }
    transition.verifiedBy = given.verifiedBy
    if case .unrecognized(let number) = given.verifiedBy { unknown("\(path).verified_by", number: number) }
    transition.confidence = given.confidence
    confidence(given.confidence, at: "\(path).confidence")
    return transition
  }

  /// 0 to 1, or nothing.
  mutating func confidence(_ confidence: Double?, at field: String) {
    if let confidence, !(0...1).contains(confidence) { add("must be between 0 and 1", at: field) }
  }

  mutating func impact(_ given: EventImpact, at path: String) -> EventImpact {
    var impact = EventImpact()
    impact.severity = given.severity
    if case .unrecognized(let number) = given.severity { unknown("\(path).severity", number: number) }
    impact.failedTests = given.failedTests
    tests(given.failedTests, at: "\(path).failed_tests")
    impact.performanceDelta = given.performanceDelta
    performanceDelta(given.performanceDelta, at: "\(path).performance_delta")
    impact.externalReference = given.externalReference
    text(given.externalReference, at: "\(path).external_reference", atMost: Limits.remarkLength)
    return impact
  }

  mutating func tests(_ tests: [String], at field: String) {
    entries(tests, at: field, atMost: Limits.testCount) {
      $0.identifier($2, at: $1, atMost: Limits.testLength)
    }
  }

  mutating func performanceDelta(_ delta: Double?, at field: String) {
    if let delta, !delta.isFinite { add("must be a finite number", at: field) }
  }

  /// What clients may say of a hand-over.
  mutating func handoff(_ given: EventHandoff, at path: String) -> EventHandoff {
    var handoff = EventHandoff()
    handoff.kind = given.kind
    switch given.kind {
    case .handedOver: break
    case .joined, .left:
      add("must be HANDED_OVER: see JoinSession and LeaveSession for others", at: "\(path).kind")
    case .unspecified, .unrecognized: unknown("\(path).kind", number: given.kind.rawValue)
    }
    handoff.agent = given.agent
    identifier(given.agent, at: "\(path).agent")
    handoff.toAgent = given.toAgent
    identifier(given.toAgent, at: "\(path).to_agent")
    handoff.reason = given.reason
    text(given.reason, at: "\(path).reason", atMost: Limits.remarkLength)
    return handoff
  }

  mutating func processingTime(_ given: WellKnown.Duration, at field: String) -> WellKnown.Duration {
    if !(0...DurationText.seconds.upperBound).contains(given.seconds)
      || !(0..<1_000_000_000).contains(given.nanos)
    {
      add("must be a duration of zero or more", at: field)
    }
    return WellKnown.Duration(seconds: given.seconds, nanos: given.nanos)
  }
}
