import CairnAPI
import GRPC
import Journal
import TestSupport
import Testing
import Wire

@testable import Sessions

/// The end of sessions that have expired.
@Suite struct SessionSweepTests {
  /// Makes sessions older: their expiry and the look at it, by so many seconds.
  private func age(_ id: String, by seconds: Int, _ sessions: TestSessions) throws {
    try sessions.database.connect().execute(
      """
      UPDATE session_head SET expire_time = expire_time - interval '\(seconds) s',
        look_time = look_time - interval '\(seconds) s' WHERE session_id = '\(id)'
      """)
  }

  private func looks(_ sessions: TestSessions) throws -> [String] {
    try sessions.database.connect().query(
      "SELECT session_id FROM session_head WHERE look_time IS NOT NULL ORDER BY session_id"
    ).map { try $0.decode(0, as: String.self) }
  }

  @Test("ends what has expired, and leaves what lives, what never expires, and what has ended")
  func sweep() async throws {
    try await withSessions { sessions in
      for id in ["expired", "alive", "ended", "deleted"] { _ = try await sessions.create(id) }
      _ = try await sessions.create("for-ever") { $0.ttl = WellKnown.Duration() }
      _ = try await sessions.store.write("ended", in: sessions.scope) { s throws(RPCError) in
        try s.ended(.working, by: "", etag: "")
      }
      _ = try await sessions.store.write("deleted", in: sessions.scope) { s throws(RPCError) in
        try s.deleted(etag: "")
      }
      for id in ["expired", "ended", "deleted"] { try age(id, by: 4_000, sessions) }
      let changes = try sessions.actions().count
      try await sessions.store.sweep { true }
      #expect(try sessions.actions().dropFirst(changes) == ["session expired expired"])
      let expired = try await sessions.store.session("expired", in: .default).session
      #expect(expired.state == .completed && expired.outcome == .expired && expired.lastSequence == 1)
      #expect(try looks(sessions) == ["alive"])
      try await sessions.store.sweep { true }
      #expect(try sessions.actions().count == changes + 1)
    }
  }

  @Test("one that lived on is looked at again when it may expire")
  func livesOn() async throws {
    try await withSessions { sessions in
      _ = try await sessions.create()
      try sessions.database.connect().execute(
        "UPDATE session_head SET look_time = look_time - interval '2 hours'")
      try await sessions.store.sweep { true }
      let head = try sessions.database.connect().query(
        "SELECT look_time = expire_time FROM session_head"
      ).only()
      #expect(try head.decode(0, as: Bool.self))
      #expect(try await sessions.store.session("s", in: .default).session.state == .working)
    }
  }

  @Test("a shorter life is looked at earlier")
  func shorter() async throws {
    try await withSessions { sessions in
      _ = try await sessions.create { $0.ttl = WellKnown.Duration() }
      #expect(try looks(sessions).isEmpty)
      _ = try await sessions.store.write("s", in: sessions.scope) { s throws(RPCError) in
        try s.given(SessionTTL(microseconds: 5_000_000))
      }
      try age("s", by: 6, sessions)
      try await sessions.store.sweep { true }
      #expect(try await sessions.store.session("s", in: .default).session.outcome == .expired)
    }
  }
}
