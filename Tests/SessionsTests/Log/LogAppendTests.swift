import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// What appended events make of a session: decided without a database.
@Suite struct LogAppendTests {
  private static func stored(_ change: (inout Session) -> Void = { _ in }) -> StoredSession {
    var session = Session()
    session.id = "s"
    session.state = .working
    session.agents = ["ann", "bob"]
    session.lastSequence = 7
    session.maxEvents = 10
    session.expireTime = WellKnown.Timestamp(microseconds: 2_000)
    change(&session)
    return StoredSession(session: session, now: PostgresTimestamp(microseconds: 1_000))
  }

  private static func event(_ from: SessionState = .unspecified, to: SessionState? = nil) -> SessionEvent {
    var event = SessionEvent()
    (event.type, event.name) = (.custom, "e")
    if let to {
      event.transition = StateTransition.with {
        $0.fromState = from
        $0.toState = to
      }
    }
    return event
  }

  private static func append(
    _ events: [SessionEvent], expected: Int64? = nil, keepsExpireTime: Bool = false, isBatch: Bool = true
  ) -> LogAppend {
    var violations = Violations()
    let drafts = events.map { EventDraft(validating: $0, at: "event", &violations) }
    precondition(violations.isEmpty, "\(violations.listed)")
    return LogAppend(
      to: "s", drafts, expected: expected, keepsExpireTime: keepsExpireTime, isBatch: isBatch)
  }

  typealias Fold = (
    from: SessionState, transitions: [(SessionState, SessionState)?], stored: [SessionState?],
    to: SessionState,
    isChange: Bool
  )

  static let folds: [Fold] = [
    (.working, [nil], [nil], .working, false),
    (.working, [(.unspecified, .broken)], [.working], .broken, true),
    (.working, [(.working, .broken)], [.working], .broken, true),
    (.broken, [(.unspecified, .working)], [.broken], .working, true),
    (.working, [(.unspecified, .coordinating)], [.working], .coordinating, true),
    (.broken, [(.broken, .coordinating)], [.broken], .coordinating, true),
    (.coordinating, [(.unspecified, .working)], [.coordinating], .working, true),
    (.coordinating, [(.unspecified, .broken)], [.coordinating], .broken, true),
    // To be where one is, is no change.
    (.working, [(.unspecified, .working)], [.working], .working, false),
    (.working, [(.working, .working), nil], [.working, nil], .working, false),
    // Each event begins where the one before it led.
    (
      .working, [(.unspecified, .broken), nil, (.broken, .coordinating)], [.working, nil, .broken],
      .coordinating,
      true
    ),
    // There and back is a change: those who follow the session must hear of it.
    (.working, [(.unspecified, .broken), (.broken, .working)], [.working, .broken], .working, true),
  ]

  @Test("transitions lead the state event by event, and say where it really was", arguments: folds.indices)
  func fold(_ index: Int) throws {
    let fold = Self.folds[index]
    let events = fold.transitions.map { $0.map { Self.event($0.0, to: $0.1) } ?? Self.event() }
    let step = try Self.append(events).step(on: Self.stored { $0.state = fold.from })
    #expect(step.events.map { $0.transition?.fromState } == fold.stored)
    #expect(step.session.state == fold.to)
    #expect(step.action == (fold.isChange ? "transitioned" : nil))
  }

  typealias Refusal = (
    events: [SessionEvent], expected: Int64?, session: @Sendable (inout Session) -> Void, code: StatusCode,
    reason: ErrorReason, particulars: [String: String]
  )

  private static func event(by agent: String) -> SessionEvent {
    var event = event()
    event.agent = agent
    return event
  }

  static let refusals: [Refusal] = [
    (
      [event()], nil, { $0.deleteTime = WellKnown.Timestamp(microseconds: 1) }, .notFound, .sessionDeleted,
      [:]
    ),
    ([event()], nil, { $0.state = .completed }, .failedPrecondition, .sessionEnded, [:]),
    (
      [event()], nil, { $0.expireTime = WellKnown.Timestamp(microseconds: 1_000) }, .failedPrecondition,
      .sessionExpired, [:]
    ),
    ([event()], 6, { _ in }, .aborted, .sessionHeadMismatch, ["last_sequence": "7"]),
    ([event()], 0, { _ in }, .aborted, .sessionHeadMismatch, ["last_sequence": "7"]),
    (
      [event(by: "ann"), event(by: "cy")], nil, { _ in }, .failedPrecondition, .notAMember,
      ["agent": "cy", "event": "events[1]"]
    ),
    // The same name in other bytes is another agent.
    (
      [event(by: "e\u{301}")], nil, { $0.agents = ["\u{e9}"] }, .failedPrecondition, .notAMember,
      ["event": "events[0]"]
    ),
    (
      [event(.broken, to: .working)], nil, { _ in }, .failedPrecondition, .sessionStateMismatch,
      ["state": "WORKING", "event": "events[0]"]
    ),
    (
      [event(to: .broken), event(.working, to: .broken)], nil, { _ in }, .failedPrecondition,
      .sessionStateMismatch, ["state": "BROKEN", "event": "events[1]"]
    ),
    (
      [event(), event(), event(), event()], nil, { _ in }, .resourceExhausted, .sessionFull,
      ["limit": "10", "event": "events[3]"]
    ),
    ([event()], nil, { $0.maxEvents = 7 }, .resourceExhausted, .sessionFull, ["limit": "7"]),
    // What is said of the session comes before what is said of an event.
    ([event(by: "cy")], 6, { $0.state = .completed }, .failedPrecondition, .sessionEnded, [:]),
    ([event(by: "cy")], 6, { _ in }, .aborted, .sessionHeadMismatch, [:]),
    ([event(by: "cy")], nil, { $0.maxEvents = 7 }, .failedPrecondition, .notAMember, [:]),
  ]

  @Test("what stands against events is said, and of which", arguments: refusals.indices)
  func refusal(_ index: Int) throws {
    let (events, expected, change, code, reason, particulars) = Self.refusals[index]
    let error = #expect(throws: RPCError.self) {
      _ = try Self.append(events, expected: expected).step(on: Self.stored(change))
    }
    #expect(error?.code == code)
    #expect(error?.reason == reason)
    for (name, value) in particulars { #expect(error?.particular(name) == value) }
  }

  @Test("the refusal of a single event names no place in a batch")
  func single() throws {
    let append = Self.append([Self.event(by: "cy")], isBatch: false)
    let error = #expect(throws: RPCError.self) { _ = try append.step(on: Self.stored()) }
    #expect(error?.reason == .notAMember)
    #expect(error?.particular("event") == nil)
  }

  @Test("a session takes as many events as it may have, and lives on from them unless that is not wanted")
  func step() throws {
    let stored = Self.stored()
    let step = try Self.append([Self.event(), Self.event(), Self.event()], expected: 7).step(on: stored)
    #expect(step.events.count == 3 && step.expiry == .renewed && step.isPublished)
    #expect(step.session == stored.session)
    #expect(try Self.append([Self.event()], keepsExpireTime: true).step(on: stored).expiry == .kept)
    // It lives for ever.
    #expect(try Self.append([Self.event()]).step(on: Self.stored { $0.expireTime = nil }).expiry == .renewed)
  }

  typealias Mark = (
    events: [SessionEvent.Type_], last: Int64, interval: Int32, kind: SessionCheckpoint.Kind?
  )

  static let marks: [Mark] = [
    ([.custom], 7, 0, nil),
    ([.custom], 7, 10, nil),
    ([.custom], 8, 10, nil),
    ([.custom], 9, 10, .automatic),
    ([.custom], 10, 10, nil),
    ([.custom, .custom], 8, 10, .automatic),
    ([.custom, .custom, .custom], 8, 10, .automatic),
    ([.custom], 0, 1, .automatic),
    ([.checkpoint], 7, 0, .manual),
    // One is enough.
    ([.custom, .checkpoint], 8, 10, .manual),
  ]

  @Test(
    "a checkpoint is made with a CHECKPOINT event, and when the log passes its interval",
    arguments: marks.indices)
  func mark(_ index: Int) throws {
    let (types, last, interval, kind) = Self.marks[index]
    let events = types.map { type in
      SessionEvent.with {
        $0.type = type
        if type == .custom { $0.name = "e" }
        $0.agent = "ann"
      }
    }
    let append = Self.append(events)
    let stored = Self.stored {
      ($0.lastSequence, $0.checkpointInterval, $0.maxEvents) = (last, interval, 100)
    }
    let step = try append.step(on: stored)
    #expect(step.checkpoint?.kind == kind)
    #expect(step.action == (kind == nil ? nil : "checkpointed"))
    #expect(step.events.count == events.count)
    #expect(step.session.checkpoint == (step.checkpoint?.id ?? ""))
    #expect(append.changesSession == (kind == .manual))
    if kind == .manual {
      #expect(step.events.last?.checkpoint == step.checkpoint?.id)
      #expect(step.checkpoint?.agent == "ann" && step.checkpoint?.sequence == last + Int64(events.count))
    }
  }

  @Test("events without an agent are of the agent of the call")
  func agents() {
    let append = Self.append([Self.event(), Self.event(by: "bob"), Self.event()])
    #expect(append.by("ann").events.map(\.agent) == ["ann", "bob", "ann"])
    #expect(append.by(nil).events.map(\.agent) == ["", "bob", ""])
    #expect(append.by("ann").members == ["ann", "bob"])
    #expect(append.members == ["bob"])
  }
}
