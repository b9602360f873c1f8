import CairnAPI
import Requests
import Wire

extension AppendEventRequest: WriteRequest {}
extension RecordCodeChangeRequest: WriteRequest {}
extension RecordTestResultRequest: WriteRequest {}

extension LogAppend {
  init(validating request: AppendEventRequest, _ violations: inout Violations) {
    violations.identifier(request.session, at: "session")
    violations.expectedLast(request.expectedLastSequence)
    self.init(
      to: request.session, [EventDraft(validating: request.event, at: "event", &violations)],
      expected: request.expectedLastSequence, keepsExpireTime: request.keepExpireTime,
      isPublished: !request.unpublished)
  }

  /// - Parameter stream: What the first request of the stream has said; nil for that one.
  init(
    validating request: AppendEventsRequest, of stream: AppendStream?, _ violations: inout Violations
  ) {
    if let stream {
      violations.same(request.session, as: stream.session, at: "session")
      violations.same(request.project, as: stream.project, at: "project")
      if request.expectedLastSequence != nil {
        violations.add("must be in the first request only", at: "expected_last_sequence")
      }
    } else {
      violations.identifier(request.session, at: "session")
      violations.expectedLast(request.expectedLastSequence)
    }
    if request.events.isEmpty { violations.add("must not be empty", at: "events") }
    var drafts: [EventDraft] = []
    violations.entries(request.events, at: "events", atMost: Limits.eventCount) {
      drafts.append(EventDraft(validating: $2, at: $1, &$0))
    }
    self.init(
      to: stream?.session ?? request.session, drafts, expected: request.expectedLastSequence,
      keepsExpireTime: request.keepExpireTime, isPublished: !request.unpublished, isBatch: true)
  }

  /// A MODIFIED event.
  init(validating request: RecordCodeChangeRequest, _ violations: inout Violations) {
    violations.identifier(request.session, at: "session")
    violations.optionalIdentifier(request.agent, at: "agent")
    var event = SessionEvent()
    event.type = .modified
    event.agent = request.agent
    if let given = request.change {
      var change = violations.change(given, at: "change")
      if change.entities.isEmpty { violations.add("must not be empty", at: "change.entities") }
      if change.operation == .unspecified { violations.add("must be specified", at: "change.operation") }
      if change.elementType == .unspecified { change.elementType = .function }
      event.change = change
    } else {
      violations.add("must be set", at: "change")
    }
    if let given = request.impact {
      var impact = violations.impact(given, at: "impact")
      if impact.severity == .unspecified, impact.performanceDelta != nil { impact.severity = .low }
      event.impact = impact
    }
    self.init(to: request.session, [EventDraft(event, at: "change.entities", &violations)])
  }

  /// A TEST_PASS event that leads to WORKING, or a BROKE event that leads to BROKEN.
  init(validating request: RecordTestResultRequest, _ violations: inout Violations) {
    violations.identifier(request.session, at: "session")
    violations.optionalIdentifier(request.agent, at: "agent")
    if request.entities.isEmpty { violations.add("must not be empty", at: "entities") }
    violations.entities(request.entities, at: "entities")
    violations.tests(request.tests, at: "tests")
    violations.performanceDelta(request.performanceDelta, at: "performance_delta")
    violations.confidence(request.confidence, at: "confidence")
    var event = SessionEvent()
    event.type = request.passed ? .testPass : .broke
    event.agent = request.agent
    var change = EventChange()
    change.entities = request.entities
    event.change = change
    var transition = StateTransition()
    transition.toState = request.passed ? .working : .broken
    transition.verifiedBy = .test
    transition.confidence = request.confidence ?? Self.standardConfidence
    event.transition = transition
    var impact = EventImpact()
    impact.severity = request.passed ? .low : .high
    impact.failedTests = request.passed ? [] : request.tests
    impact.performanceDelta = request.performanceDelta
    event.impact = impact
    self.init(to: request.session, [EventDraft(event, at: "entities", &violations)])
  }

  /// How sure tests are that somebody ran, who does not say it.
  private static let standardConfidence = 0.95
}

/// What the first request of a stream says for all of them.
struct AppendStream: Sendable {
  let session: String
  /// Empty where the call's metadata says it.
  let project: String

  init(_ first: AppendEventsRequest) {
    session = first.session
    project = first.project
  }
}

extension Violations {
  fileprivate mutating func expectedLast(_ sequence: Int64?) {
    if let sequence, sequence < 0 { add("must not be negative", at: "expected_last_sequence") }
  }

  /// Nothing, or what the first request had.
  fileprivate mutating func same(_ text: String, as first: String, at field: String) {
    if !text.isEmpty, !text.hasSameBytes(as: first) {
      add("must be empty or that of the first request", at: field)
    }
  }
}

extension AppendEventRequest {
  /// Bytes that checking it takes time for, about.
  var readBytes: Int { event?.readBytes(upTo: Limits.quickBytes) ?? 0 }
}

extension AppendEventsRequest {
  /// Bytes that checking it takes time for, about.
  var readBytes: Int { events.readBytes }
}

extension RecordCodeChangeRequest {
  /// Bytes that checking it takes time for, about.
  var readBytes: Int {
    ((change?.entities ?? []) + (impact?.failedTests ?? [])).reduce(0) { $0 + 16 + $1.utf8.count }
  }
}

extension RecordTestResultRequest {
  /// Bytes that checking it takes time for, about.
  var readBytes: Int { (entities + tests).reduce(0) { $0 + 16 + $1.utf8.count } }
}
