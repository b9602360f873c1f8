import CairnAPI
import GRPC
import Journal
import Postgres
import Testing
import Wire

@testable import Sessions

/// Checkpoints in PostgreSQL.
@Suite struct CheckpointStoreTests {
  @Test("a checkpoint takes two round trips, however much there is, and is found again")
  func made() async throws {
    try await withSessions { sessions in
      _ = try await sessions.create(entities: ["e"])
      let store = CheckpointStore(sessions: sessions.store)
      _ = try await store.create(CheckpointDraft(agent: "a"), of: "s", in: sessions.scope)
      let trips = try await sessions.server.roundTrips {
        _ = try await store.create(CheckpointDraft(title: "t", agent: "a"), of: "s", in: sessions.scope)
      }
      #expect(trips == 2)
      let session = try await sessions.store.session("s", in: .default).session
      let checkpoint = try await store.checkpoint(session.checkpoint, of: "s", in: .default)
      #expect(checkpoint.title == "t" && checkpoint.sequence == 3 && checkpoint.position == session.position)
      #expect(checkpoint.agents == ["a"] && checkpoint.outcome == .working)
      let held = try sessions.database.connect().query("SELECT position FROM hold WHERE kind = 'point'")
      #expect(held.count == 2)
      do {
        _ = try await store.checkpoint(checkpoint.id, of: "other", in: .default)
        Issue.record("found under another session")
      } catch { #expect((error as? RPCError)?.reason == .checkpointNotFound) }
    }
  }

  @Test("a session comes back to a checkpoint, and its log goes on")
  func restored() async throws {
    try await withSessions { sessions in
      _ = try await sessions.create {
        $0.metadata = WellKnown.Struct(fields: ["k": .init(.boolValue(false))])
      }
      let store = CheckpointStore(sessions: sessions.store)
      let checkpoint = try await store.create(CheckpointDraft(), of: "s", in: sessions.scope)
      let then = try await sessions.store.session("s", in: .default).session
      for agent in ["b", "c"] {
        _ = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
          try s.joined(by: agent)
        }
      }
      let past = try await store.past(of: checkpoint, in: .default)
      let now = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
        try s.restored(to: past, at: checkpoint.id, by: "a", etag: "")
      }.session
      #expect(now.agents == then.agents && now.metadata == then.metadata && now.state == then.state)
      #expect(now.lastSequence == 4 && now.version == then.version + 3)
      #expect(try sessions.actions().last == "session s restored")
    }
  }
}
