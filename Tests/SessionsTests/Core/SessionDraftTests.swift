import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Sessions that clients want to begin, and their updates.
@Suite struct SessionDraftTests {
  private func wrong(agent: String = "a", _ configure: (inout Session) -> Void) throws -> [String] {
    var request = CreateSessionRequest()
    var session = Session()
    configure(&session)
    request.session = session
    request.agent = agent
    return try wrongFields { () throws(RPCError) in
      var violations = Violations()
      _ = SessionDraft(validating: request, SessionConfiguration(), &violations)
      try violations.check()
    }
  }

  @Test("every wrong field is named at once")
  func all() throws {
    let fields = try wrong(agent: "a\u{7}") {
      $0.id = "-"
      $0.title = String(repeating: "x", count: 1_025)
      $0.owner = "\n"
      $0.entities = ["e", "", "e", String(repeating: "e", count: 513)]
      $0.ttl = WellKnown.Duration(seconds: 0, nanos: 1)
      $0.maxEvents = -1
      $0.parent = String(repeating: "p", count: 129)
    }
    #expect(
      fields == [
        "session.id", "session.title", "session.owner", "session.entities[1]", "session.entities[2]",
        "session.entities[3]", "session.ttl", "session.max_events", "session.parent", "agent",
      ])
    #expect(
      try wrongFields { () throws(RPCError) in
        var violations = Violations()
        _ = SessionDraft(validating: CreateSessionRequest(), SessionConfiguration(), &violations)
        try violations.check()
      } == ["session"])
  }

  @Test(
    "limits",
    arguments: [
      (0, 0, true), (1, 0, true), (315_360_000, 0, true), (0, 999_999_999, false), (315_360_000, 1, false),
      (315_360_001, 0, false), (-1, 0, false), (.max, 0, false), (.min, 0, false), (1, -1, false),
    ] as [(Int64, Int32, Bool)])
  func ttl(seconds: Int64, nanos: Int32, isRight: Bool) throws {
    #expect(
      try wrong { $0.ttl = WellKnown.Duration(seconds: seconds, nanos: nanos) }.isEmpty == isRight)
  }

  @Test("entities at and above the limit")
  func entities() throws {
    #expect(try wrong { $0.entities = (0..<1_000).map { "e\($0)" } }.isEmpty)
    #expect(try wrong { $0.entities = (0..<1_001).map { "e\($0)" } } == ["session.entities"])
    #expect(try wrong { $0.entities = [String(repeating: "é", count: 512)] }.isEmpty)
  }

  @Test("what is not given has the settings' values, and only a session with entities has a first event")
  func standard() throws {
    var request = CreateSessionRequest()
    request.session = Session()
    var violations = Violations()
    let draft = SessionDraft(validating: request, SessionConfiguration(), &violations)
    #expect(draft.session.livesFor == 3_600_000_000 && draft.session.maxEvents == 1_000_000)
    #expect(draft.start == nil && draft.session.agents.isEmpty)
    request.session?.ttl = WellKnown.Duration()
    request.session?.entities = ["e"]
    request.agent = "a"
    let forEver = SessionDraft(validating: request, SessionConfiguration(), &violations)
    #expect(forEver.session.livesFor == nil)
    #expect(forEver.start?.change?.operation == .initial && forEver.start?.agent == "a")
    #expect(violations.isEmpty)
  }

  @Test("an update names its wrong fields, and what only others may change")
  func update() throws {
    var request = UpdateSessionRequest()
    var session = Session()
    session.id = "s"
    session.title = String(repeating: "x", count: 1_025)
    session.maxEvents = -1
    request.session = session
    #expect(
      try wrongFields { () throws(RPCError) in
        var violations = Violations()
        _ = SessionUpdate(validating: request, SessionConfiguration(), &violations)
        try violations.check()
      } == ["session.title", "session.max_events"])
    for path in ["ttl", "parent", "entities", "state", "agents", "id"] {
      request.updateMask = WellKnown.FieldMask(paths: [path])
      #expect(
        try wrongFields { () throws(RPCError) in
          var violations = Violations()
          _ = SessionUpdate(validating: request, SessionConfiguration(), &violations)
          try violations.check()
        } == ["update_mask"], "\(path)")
    }
  }
}
