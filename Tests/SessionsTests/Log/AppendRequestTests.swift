import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Requests that append, and the events that they stand for.
@Suite struct AppendRequestTests {
  private func wrong(_ validate: (inout Violations) -> LogAppend) throws -> [String] {
    try wrongFields { () throws(RPCError) in
      var violations = Violations()
      _ = validate(&violations)
      try violations.check()
    }
  }

  private func valid(_ validate: (inout Violations) -> LogAppend) -> LogAppend {
    var violations = Violations()
    let append = validate(&violations)
    #expect(violations.isEmpty, "\(violations.listed)")
    return append
  }

  private static var plain: SessionEvent { .plain }
  private static var checkpoint: SessionEvent { SessionEvent.with { $0.type = .checkpoint } }

  // MARK: AppendEvent

  @Test("an append says what it asks for")
  func append() throws {
    var request = AppendEventRequest()
    #expect(try wrong { LogAppend(validating: request, &$0) } == ["session", "event"])
    (request.session, request.event, request.expectedLastSequence) = ("s", Self.plain, -1)
    #expect(try wrong { LogAppend(validating: request, &$0) } == ["expected_last_sequence"])
    request.expectedLastSequence = 0
    let append = valid { LogAppend(validating: request, &$0) }
    #expect(append.session == "s" && append.events == [Self.plain] && append.expected == 0)
    #expect(append.isPublished && !append.keepsExpireTime && !append.isBatch && !append.changesSession)
    (request.unpublished, request.keepExpireTime, request.expectedLastSequence) = (true, true, nil)
    let other = valid { LogAppend(validating: request, &$0) }
    #expect(!other.isPublished && other.keepsExpireTime && other.expected == nil)
  }

  // MARK: AppendEvents

  typealias Case = (change: @Sendable (inout AppendEventsRequest) -> Void, isFirst: Bool, wrong: [String])

  static let streamed: [Case] = [
    ({ _ in }, true, []),
    ({ _ in }, false, []),
    ({ $0.session = "" }, true, ["session"]),
    ({ $0.session = "" }, false, []),
    ({ $0.session = "t" }, false, ["session"]),
    ({ $0.project = "" }, false, []),
    ({ $0.project = "q" }, false, ["project"]),
    ({ $0.expectedLastSequence = 3 }, true, []),
    ({ $0.expectedLastSequence = -3 }, true, ["expected_last_sequence"]),
    ({ $0.expectedLastSequence = 3 }, false, ["expected_last_sequence"]),
    ({ $0.events = [] }, true, ["events"]),
    ({ $0.events = [plain, checkpoint] }, true, []),
    ({ $0.events = [checkpoint, plain, checkpoint] }, true, []),
    ({ $0.events = Array(repeating: plain, count: 1_000) }, true, []),
    ({ $0.events = Array(repeating: plain, count: 1_001) }, true, ["events"]),
    (
      { $0.events = [plain, SessionEvent(), SessionEvent.with { $0.type = .modified }] }, false,
      ["events[1].type", "events[2].change"]
    ),
  ]

  @Test("everything wrong with a request of a stream is named", arguments: streamed.indices)
  func stream(_ index: Int) throws {
    let (change, isFirst, expected) = Self.streamed[index]
    var first = AppendEventsRequest()
    (first.session, first.project, first.events) = ("s", "p", [Self.plain])
    var request = first
    change(&request)
    let stream = isFirst ? nil : AppendStream(first)
    #expect(try wrong { LogAppend(validating: request, of: stream, &$0) } == expected)
  }

  @Test("requests of a stream are to the session of the first")
  func laterRequest() {
    var request = AppendEventsRequest()
    (request.session, request.events) = ("s", [Self.plain, Self.plain])
    let stream = AppendStream(request)
    request.session = ""
    let append = valid { LogAppend(validating: request, of: stream, &$0) }
    #expect(append.session == "s" && append.events.count == 2 && append.isBatch)
  }

  // MARK: RecordCodeChange

  static let codeChanges: [(change: @Sendable (inout RecordCodeChangeRequest) -> Void, wrong: [String])] = [
    ({ _ in }, []),
    ({ $0.session = "" }, ["session"]),
    ({ $0.agent = "\n" }, ["agent"]),
    ({ $0.change = nil }, ["change"]),
    ({ $0.change = EventChange() }, ["change.entities", "change.operation"]),
    ({ $0.change?.entities = ["a", ""] }, ["change.entities[1]"]),
    ({ $0.change?.elementType = .unrecognized(9) }, ["change.element_type"]),
    ({ $0.impact = EventImpact.with { $0.performanceDelta = .nan } }, ["impact.performance_delta"]),
  ]

  private static func codeChange() -> RecordCodeChangeRequest {
    var request = RecordCodeChangeRequest()
    (request.session, request.agent) = ("s", "ann")
    request.change = EventChange.with {
      $0.entities = ["f"]
      $0.operation = .deleted
      $0.affectedLines = 12
    }
    return request
  }

  @Test("everything wrong with a recorded change is named", arguments: codeChanges.indices)
  func codeChange(_ index: Int) throws {
    var request = Self.codeChange()
    Self.codeChanges[index].change(&request)
    #expect(try wrong { LogAppend(validating: request, &$0) } == Self.codeChanges[index].wrong)
  }

  @Test("a recorded change is a MODIFIED event, of a function where it does not say of what")
  func codeChange() throws {
    var request = Self.codeChange()
    let event = valid { LogAppend(validating: request, &$0) }.events[0]
    #expect(event.type == .modified && event.agent == "ann" && event.transition == nil && event.impact == nil)
    let change = try #require(event.change)
    #expect(change.elementType == .function && change.operation == .deleted && change.affectedLines == 12)
    request.change?.elementType = .file
    #expect(valid { LogAppend(validating: request, &$0) }.events[0].change?.elementType == .file)
  }

  @Test(
    "what only changes the speed is of low severity",
    arguments: [
      (EventImpact.with { $0.performanceDelta = -3 }, Severity.low),
      (EventImpact.with { $0.performanceDelta = 0 }, .low),
      (EventImpact(), .unspecified),
      (
        EventImpact.with {
          $0.performanceDelta = -3
          $0.severity = .critical
        }, .critical
      ),
    ])
  func severity(_ impact: EventImpact, _ severity: Severity) {
    var request = Self.codeChange()
    request.impact = impact
    let event = valid { LogAppend(validating: request, &$0) }.events[0]
    #expect(event.impact?.severity == severity)
    #expect(event.impact?.performanceDelta == impact.performanceDelta)
  }

  // MARK: RecordTestResult

  private static func testResult(passed: Bool) -> RecordTestResultRequest {
    var request = RecordTestResultRequest()
    (request.session, request.entities, request.passed, request.tests) = ("s", ["f"], passed, ["t1", "t2"])
    return request
  }

  static let testResults: [(change: @Sendable (inout RecordTestResultRequest) -> Void, wrong: [String])] = [
    ({ _ in }, []),
    ({ $0.session = "" }, ["session"]),
    ({ $0.entities = [] }, ["entities"]),
    ({ $0.entities = ["a", "a"] }, ["entities[1]"]),
    ({ $0.tests = ["a", "a", ""] }, ["tests[2]"]),
    ({ $0.performanceDelta = -.infinity }, ["performance_delta"]),
    ({ $0.confidence = 1.01 }, ["confidence"]),
    ({ $0.confidence = .nan }, ["confidence"]),
  ]

  @Test("everything wrong with a test result is named", arguments: testResults.indices)
  func testResult(_ index: Int) throws {
    var request = Self.testResult(passed: false)
    Self.testResults[index].change(&request)
    #expect(try wrong { LogAppend(validating: request, &$0) } == Self.testResults[index].wrong)
  }

  @Test("failed tests break the session, and passed ones mend it")
  func testResult() throws {
    let failed = valid { LogAppend(validating: Self.testResult(passed: false), &$0) }
    #expect(failed.changesSession)
    let broke = failed.events[0]
    #expect(broke.type == .broke && broke.change?.entities == ["f"])
    #expect(broke.transition?.toState == .broken && broke.transition?.fromState == .unspecified)
    #expect(broke.transition?.verifiedBy == .test && broke.transition?.confidence == 0.95)
    #expect(broke.impact?.severity == .high && broke.impact?.failedTests == ["t1", "t2"])

    var request = Self.testResult(passed: true)
    (request.confidence, request.performanceDelta) = (0, 2.5)
    let passed = valid { LogAppend(validating: request, &$0) }.events[0]
    #expect(passed.type == .testPass && passed.transition?.toState == .working)
    // Not sure at all, which is something else than not said.
    #expect(passed.transition?.confidence == 0)
    #expect(passed.impact?.severity == .low && passed.impact?.failedTests == [])
    #expect(passed.impact?.performanceDelta == 2.5)
  }
}
