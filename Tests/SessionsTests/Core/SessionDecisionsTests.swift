import CairnAPI
import GRPC
import Testing
import Wire

@testable import Sessions

/// What becomes of a session that is there.
@Suite struct SessionDecisionsTests {
  private typealias Decision = @Sendable (StoredSession) throws(RPCError) -> SessionStep?

  private static let changes: [(String, Decision)] = [
    ("joined", { s throws(RPCError) in try s.joined(by: "b") }),
    ("left", { s throws(RPCError) in try s.left(by: "a", because: "") }),
    ("ended", { s throws(RPCError) in try s.ended(.completed, by: "", etag: "") }),
    ("updated", { s throws(RPCError) in try s.given(SessionTTL(microseconds: 5_000_000)) }),
  ]

  @Test("only an open session is changed, and each change has its word")
  func open() {
    for (action, decide) in Self.changes {
      #expect((try? decide(stored()))??.action == action)
      #expect((try? decide(stored(expiresIn: nil)))??.action == action, "one that lives for ever")
      #expect(
        reason { () throws(RPCError) in _ = try decide(stored(expiresIn: 0)) } == .sessionExpired, "\(action)"
      )
      #expect(
        reason { () throws(RPCError) in _ = try decide(stored(.completed)) } == .sessionEnded, "\(action)")
      let deleted = stored { $0.deleteTime = WellKnown.Timestamp(seconds: 2_000_000_000) }
      #expect(reason { () throws(RPCError) in _ = try decide(deleted) } == .sessionDeleted, "\(action)")
    }
  }

  @Test("an ended or expired session can be deleted, once, and at its etag alone")
  func deletion() throws {
    for session in [stored(), stored(expiresIn: 0), stored(.completed)] {
      #expect(try session.deleted(etag: "7").session.deleteTime == .ofTheWrite)
      #expect(reason { () throws(RPCError) in _ = try session.deleted(etag: "6") } == .etagMismatch)
    }
    let deleted = stored { $0.deleteTime = WellKnown.Timestamp(seconds: 2_000_000_000) }
    #expect(reason { () throws(RPCError) in _ = try deleted.deleted(etag: "") } == .sessionDeleted)
  }

  @Test("agents join once, by their bytes, in order, up to a thousand")
  func joins() throws {
    let step = try #require(try stored(agents: ["a", "é"]).joined(by: "b"))
    #expect(step.session.agents == ["a", "b", "é"])
    #expect(step.events.map(\.handoff?.kind) == [.joined] && step.events[0].agent == "b")
    #expect(step.expiry == .renewed)
    #expect(try stored(agents: ["a"]).joined(by: "a") == nil)
    // The same to Unicode, another one by its bytes.
    let accented = try #require(try stored(agents: ["\u{e9}"]).joined(by: "e\u{301}"))
    #expect(accented.session.agents.count == 2)
    let full = stored(agents: (0..<1_000).map { "agent-\($0)" })
    #expect(reason { () throws(RPCError) in _ = try full.joined(by: "b") } == .sessionFull)
    #expect(try full.joined(by: "agent-7") == nil)
  }

  @Test("the last agent that leaves starts the grace time")
  func leaves() throws {
    #expect(try stored(agents: ["a", "b"]).left(by: "a", because: "").expiry == .renewed)
    let last = try stored().left(by: "a", because: "done")
    #expect(last.expiry == .grace && last.session.agents.isEmpty)
    #expect(last.events[0].handoff?.reason == "done" && last.events[0].handoff?.kind == .left)
    #expect(reason { () throws(RPCError) in _ = try stored().left(by: "b", because: "") } == .notAMember)
  }

  @Test("an end has its outcome, and is made by an agent of the session or nobody")
  func ends() throws {
    let step = try stored(agents: ["a"]).ended(.broken, by: "a", etag: "7")
    #expect(step.session.state == .completed && step.session.outcome == .broken)
    #expect(step.session.endTime == .ofTheWrite)
    #expect(step.events.map(\.type) == [.end] && step.events[0].outcome == .broken)
    #expect(
      reason { () throws(RPCError) in _ = try stored().ended(.broken, by: "b", etag: "") } == .notAMember)
    #expect(
      reason { () throws(RPCError) in _ = try stored().ended(.broken, by: "a", etag: "8") } == .etagMismatch)
  }

  @Test("the sweep ends what has expired and is open, and nothing else")
  func expiry() {
    #expect(stored(expiresIn: 0).expired()?.session.outcome == .expired)
    #expect(stored(expiresIn: 1).expired() == nil)
    #expect(stored(expiresIn: nil).expired() == nil)
    #expect(stored(.completed, expiresIn: 0).expired() == nil)
    let deleted = stored(expiresIn: 0) { $0.deleteTime = WellKnown.Timestamp(seconds: 2_000_000_000) }
    #expect(deleted.expired() == nil)
  }
}
