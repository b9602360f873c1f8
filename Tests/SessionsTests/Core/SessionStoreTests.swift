import CairnAPI
import GRPC
import Journal
import Postgres
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Sessions in PostgreSQL.
@Suite struct SessionStoreTests {
  @Test("a create takes one round trip, a read one, a change two")
  func roundTrips() async throws {
    try await withSessions { sessions in
      _ = try await sessions.create("warm")
      #expect(try await sessions.server.roundTrips { _ = try await sessions.create("s") } == 1)
      #expect(
        try await sessions.server.roundTrips { _ = try await sessions.store.session("s", in: .default) } == 1)
      #expect(
        try await sessions.server.roundTrips {
          _ = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
            try s.joined(by: "b")
          }
        } == 2)
    }
  }

  /// What becomes of a session, step by step.
  private static func step(_ number: Int, of session: StoredSession) throws(RPCError) -> SessionStep? {
    switch number {
    case 0, 1: try session.joined(by: "b")
    case 2: try session.left(by: "a", because: "")
    case 3: try session.left(by: "b", because: "")
    case 4: try session.joined(by: "c")
    case 5: try session.given(SessionTTL(microseconds: 7_000_000))
    case 6: try session.given(SessionTTL(microseconds: nil))
    case 7: try session.ended(.coordinated, by: "c", etag: "")
    default: try session.deleted(etag: "")
    }
  }

  @Test("what is answered is what is stored")
  func answers() async throws {
    try await withSessions { sessions in
      let created = try await sessions.create(entities: ["e1", "e2"]) {
        $0.title = "title"
        $0.owner = "owner"
        $0.metadata = WellKnown.Struct(fields: ["a": WellKnown.Value(.numberValue(0))])
      }
      #expect(try await sessions.store.session("s", in: .default).session == created)
      #expect(created.lastSequence == 1 && created.state == .working && created.agents == ["a"])
      var history = [created]
      for number in 0..<9 {
        let written = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
          try Self.step(number, of: s)
        }.session
        let read = try await sessions.store.session("s", showDeleted: true, in: .default).session
        #expect(read == written, "step \(number)")
        if number != 1 { history.append(written) }
      }
      #expect(
        try sessions.actions() == [
          "session s created", "session s joined", "session s left", "session s left", "session s joined",
          "session s updated", "session s updated", "session s ended", "session s deleted",
        ])
      // Every state of the past, but for what only the present has.
      for then in history {
        var past = then
        past.expireTime = nil
        let read = try await sessions.store.session(
          "s", at: then.position, showDeleted: true, in: .default
        ).session
        #expect(read == past, "version \(then.version)")
      }
    }
  }

  @Test("a repeated request has its first answer, with the times of the first write")
  func repeated() async throws {
    try await withSessions { sessions in
      let scope = CallScope(
        operation: "test.Sessions/Write", request: RequestKey("r", of: JoinSessionRequest()))
      _ = try await sessions.create()
      let first = try await sessions.store.write("s", in: scope) { s throws(RPCError) in
        try s.joined(by: "b")
      }
      _ = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
        try s.left(by: "b", because: "")
      }
      let again = try await sessions.store.write("s", in: scope) { s throws(RPCError) in
        try s.joined(by: "b")
      }
      #expect(again.session == first.session && again.stamp == first.stamp)
    }
  }

  @Test("of twenty who use one id at the same time one begins a session")
  func races() async throws {
    try await withSessions { sessions in
      let outcomes = await withTaskGroup(of: ErrorReason?.self) { group in
        for _ in 0..<20 {
          group.addTask {
            do { _ = try await sessions.create("same") } catch { return (error as? RPCError)?.reason }
            return nil
          }
        }
        return await group.reduce(into: [ErrorReason?]()) { $0.append($1) }
      }
      #expect(outcomes.count { $0 == nil } == 1)
      #expect(outcomes.count { $0 == .sessionExists } == 19)
    }
  }

  @Test("a parent must be there")
  func parents() async throws {
    try await withSessions { sessions in
      await #expect(throws: RPCError.self) { try await sessions.create("child") { $0.parent = "none" } }
      _ = try await sessions.create("parent")
      #expect(try await sessions.create("child") { $0.parent = "parent" }.parent == "parent")
      _ = try await sessions.store.write("parent", in: sessions.scope) { s throws(RPCError) in
        try s.deleted(etag: "")
      }
      do {
        _ = try await sessions.create("late") { $0.parent = "parent" }
        Issue.record("began below a deleted session")
      } catch { #expect((error as? RPCError)?.reason == .sessionDeleted) }
      do {
        _ = try await sessions.create("own") { $0.parent = "own" }
        Issue.record("began below itself")
      } catch { #expect((error as? RPCError)?.reason == .sessionNotFound) }
    }
  }

  @Test("twenty join at once: twenty agents, twenty events")
  func joins() async throws {
    try await withSessions { sessions in
      _ = try await sessions.create(by: "")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<20 {
          group.addTask {
            for _ in 0..<2 {
              _ = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
                try s.joined(by: "agent-\(number)")
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let session = try await sessions.store.session("s", in: .default).session
      #expect(session.agents.count == 20 && session.lastSequence == 20 && session.version == 21)
    }
  }

  @Test("a write-back gives a session its former state, opens it again, and leaves its log")
  func writtenBack() async throws {
    try await withSessions { sessions in
      let created = try await sessions.create(entities: ["e"])
      let moment = Moment(position: created.position, time: PostgresTimestamp(created.createTime!))
      _ = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
        try s.joined(by: "b")
      }
      _ = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
        try s.ended(.broken, by: "", etag: "")
      }
      try await sessions.store.sweep { true }
      let kind = sessions.store.kind
      let part = kind.writeBack(["s"], to: moment, in: .default)
      guard case .written(let written) = try await sessions.server.journal.write(part, in: sessions.scope)
      else { return }
      await kind.finish(written.value, in: .default)
      let session = try await sessions.store.session("s", in: .default).session
      #expect(session.state == .working && session.outcome == .unspecified && session.endTime == nil)
      #expect(session.agents == ["a"] && session.version == 4 && session.lastSequence == 3)
      #expect(try sessions.actions().last == "session s restored")
      let joined = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
        try s.joined(by: "c")
      }
      #expect(joined.lastSequence == 4)
    }
  }
}
