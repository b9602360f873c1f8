import CairnAPI
import GRPC
import Journal
import Patience
import Postgres
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Appends that share a statement with others, to the same session or not.
@Suite struct SharedAppendTests {
  private typealias Outcome = Result<AppendEventResponse, RPCError>

  /// Appends events at once.
  private func append(_ wanted: [(session: String, event: SessionEvent)], _ peers: [LogPeer]) async
    -> [Outcome]
  {
    await withTaskGroup(of: Outcome.self) { group in
      for (number, (session, event)) in wanted.enumerated() {
        group.addTask {
          do throws(RPCError) {
            return .success(try await peers[number % peers.count].client.append(event, to: session))
          } catch { return .failure(error) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func answers(_ outcomes: [Outcome]) -> [AppendEventResponse] {
    outcomes.compactMap { try? $0.get() }
  }

  private func reasons(_ outcomes: [Outcome]) -> [ErrorReason?] {
    outcomes.compactMap { if case .failure(let error) = $0 { .some(error.reason) } else { nil } }
  }

  @Test("appends to different sessions share transactions, each at a position of its own", arguments: [1, 2])
  func grouped(servers: Int) async throws {
    try await withLogs(servers) { peers, database in
      let sessions = (0..<20).map { "s\($0)" }
      for session in sessions { try await peers[0].client.begin(session, agent: "ann") }
      let wanted = (0..<400).map {
        (sessions[$0 % 20], SessionEvent.custom("\($0)", by: $0 % 2 == 0 ? "ann" : ""))
      }
      let answers = answers(await append(wanted, peers))
      #expect(answers.count == 400 && Set(answers.map(\.position)).count == 400)
      for session in sessions {
        let events = try await peers[0].client.events(of: session).flatMap(\.self)
        #expect(events.map(\.sequence) == Array(1...20))
        #expect(events.map(\.position) == events.map(\.position).sorted())
        let stored = try await peers[servers - 1].client.get(session)
        #expect(stored.lastSequence == 20 && stored.lastEventTime == events.last?.provenance?.time)
        #expect(events.allSatisfy { $0.ordinal == 0 && $0.provenance?.principal == "anonymous" })
      }
      let row = try database.connect().query(
        """
        SELECT count(DISTINCT xmin::text), (SELECT count(*) FROM change WHERE kind = 'session_log'),
          (SELECT count(*) FROM change JOIN session_event USING (project_id, position)) FROM session_event
        """
      ).only()
      #expect(try row.decode(0, as: Int64.self) < 300)
      #expect(try row.decode(1, as: Int64.self) == 400)
      #expect(try row.decode(2, as: Int64.self) == 400)
    }
  }

  @Test("a session that others have locked holds up appends to it, and to no other one")
  func locked() async throws {
    try await withLogs { peers, database in
      for session in ["s", "t"] { try await peers[0].client.begin(session) }
      let other = try database.connect()
      try other.execute("BEGIN; SELECT FROM session_head WHERE session_id = 's' FOR UPDATE")
      let waiting = Task { await append(Array(repeating: ("s", .plain), count: 5), peers) }
      try await eventually("the appends wait") { try isBlocked(database) }
      for number in 1...10 {
        #expect(try await peers[0].client.append(to: "t").sequence == Int64(number))
      }
      try other.execute("COMMIT")
      #expect(answers(await waiting.value).map(\.sequence).sorted() == Array(1...5))
    }
  }

  @Test("what was committed before the lock decides, not what the statement before it saw")
  func ended() async throws {
    try await withLogs(2) { peers, _ in
      for round in 0..<10 {
        let session = "s\(round)"
        try await peers[0].client.begin(session)
        let appended = Task { await append(Array(repeating: (session, .plain), count: 20), peers) }
        _ = try await peers[1].client.endSession(EndSessionRequest.with { $0.id = session })
        let outcomes = await appended.value
        #expect(reasons(outcomes).allSatisfy { $0 == .sessionEnded })
        let events = try await peers[0].client.events(of: session).flatMap(\.self)
        #expect(events.map(\.sequence) == Array(1...Int64(answers(outcomes).count + 1)))
        #expect(events.last?.type == .end)
      }
    }
  }

  @Test("a session that fills up in the middle of a batch takes as many events as it may")
  func full() async throws {
    try await withLogs { peers, _ in
      try await peers[0].client.begin("s") { $0.maxEvents = 10 }
      try await peers[0].client.begin("t")
      let wanted = (0..<60).map { ($0 % 2 == 0 ? "s" : "t", SessionEvent.plain) }
      let outcomes = await append(wanted, peers)
      #expect(reasons(outcomes) == Array(repeating: .sessionFull, count: 20))
      #expect(try await peers[0].client.sequences(of: "s") == Array(1...10))
      #expect(try await peers[0].client.sequences(of: "t") == Array(1...30))
    }
  }

  @Test("checkpoints are made in the middle of a batch")
  func checkpoints() async throws {
    try await withLogs { peers, _ in
      try await peers[0].client.begin("s") { $0.checkpointInterval = 5 }
      #expect(answers(await append(Array(repeating: ("s", .plain), count: 23), peers)).count == 23)
      let page = try await peers[0].client.listCheckpoints(ListCheckpointsRequest.with { $0.session = "s" })
      #expect(page.checkpoints.map(\.sequence) == [20, 15, 10, 5])
    }
  }

  @Test("an append that is refused or fails does not fail its neighbours")
  func neighbours() async throws {
    try await withLogs { peers, database in
      for session in ["s", "t"] { try await peers[0].client.begin(session, agent: "ann") }
      try database.connect().execute("ALTER TABLE session_event ADD CHECK (type <> 3)")
      let broken = SessionEvent.with { $0.type = .testPass }
      let wanted: [(String, SessionEvent)] =
        [("s", broken), ("t", .custom("x", by: "cy")), ("none", .plain)]
        + (0..<40).map { ($0 % 2 == 0 ? "s" : "t", .custom("x", by: "ann")) }
      let outcomes = await append(wanted.shuffled(), peers)
      #expect(answers(outcomes).count == 40)
      #expect(reasons(outcomes).count == 3)
      #expect(reasons(outcomes).contains(.notAMember) && reasons(outcomes).contains(.sessionNotFound))
      for session in ["s", "t"] { #expect(try await peers[0].client.sequences(of: session) == Array(1...20)) }
    }
  }

  @Test("an append that waits for nothing takes one round trip, one whose session is locked one more")
  func roundTrips() async throws {
    try await withSessions { sessions in
      let session = try await sessions.create().id
      _ = try await sessions.log.append(.test([.plain], to: session), in: sessions.scope)
      let free = try await sessions.server.roundTrips {
        _ = try await sessions.log.append(.test([.plain], to: session), in: sessions.scope)
      }
      #expect(free == 1)
      let (other, database) = (try sessions.database.connect(), sessions.database)
      try other.execute("BEGIN; SELECT FROM session_head FOR UPDATE")
      let locked = try await sessions.server.roundTrips {
        let waiting = Task { try await sessions.log.append(.test([.plain], to: session), in: sessions.scope) }
        try await eventually("the append waits") { try isBlocked(database) }
        try other.execute("COMMIT")
        _ = try await waiting.value
      }
      #expect(locked == 2)
    }
  }

  /// Whether something waits for a lock.
  private func isBlocked(_ database: TestDatabase) throws -> Bool {
    let waiting = try database.connect().query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    return !waiting.isEmpty
  }
}
