import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Events on a database: appended from several servers, and what is stored of them.
@Suite struct AppendTests {
  @Test("places have no gaps, whatever server appends, and many appends share a transaction")
  func concurrency() async throws {
    try await withLogs(2) { peers, database in
      try await peers[0].client.begin("s")
      let answers = await withTaskGroup(of: [AppendEventResponse].self) { group in
        for caller in 0..<50 {
          group.addTask {
            var answers: [AppendEventResponse] = []
            for number in 0..<10 {
              // Some change the state, which takes the other path.
              let event: SessionEvent =
                number == 5 ? .leading(to: caller % 2 == 0 ? .broken : .working) : .custom("\(caller)")
              if let answer = try? await peers[caller % 2].client.append(event, to: "s") {
                answers.append(answer)
              }
            }
            return answers
          }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      #expect(answers.map(\.sequence).sorted() == Array(1...500))
      #expect(answers.sorted { $0.position < $1.position }.map(\.sequence) == Array(1...500))
      let row = try database.connect().query(
        "SELECT count(DISTINCT xmin::text) FILTER (WHERE type = 8) FROM session_event"
      ).only()
      #expect(try row.decode(0, as: Int64.self) < 300)
      #expect(try await peers[1].client.get("s").lastSequence == 500)
      // Each event that changed the state made a version, and nothing else did.
      let events = try await peers[0].client.events(of: "s") { $0.pageSize = 1_000 }.flatMap(\.self)
      let changes = events.filter { $0.transition.map { $0.fromState != $0.toState } ?? false }
      #expect(try await peers[0].client.get("s").version == Int64(1 + changes.count))
      var state = SessionState.working
      for event in events {
        guard let transition = event.transition else { continue }
        #expect(transition.fromState == state)
        state = transition.toState
      }
      #expect(try await peers[1].client.get("s").state == state)
    }
  }

  @Test("an append takes one round trip, one that changes the state or has a request id two")
  func roundTrips() async throws {
    try await withSessions { sessions in
      let store = sessions.log
      let session = try await sessions.create().id
      _ = try await sessions.create("marked") { $0.checkpointInterval = 5 }
      func trips(_ events: [SessionEvent], request: RequestKey? = nil) async throws -> Int {
        var scope = sessions.scope
        scope.request = request
        let named = scope
        return try await sessions.server.roundTrips {
          _ = try await store.append(.test(events, to: session), in: named)
        }
      }
      _ = try await trips([.plain])
      _ = try await trips([.leading(to: .broken)])
      #expect(try await trips([.plain]) == 1)
      #expect(try await trips(Array(repeating: .plain, count: 100)) == 1)
      #expect(try await trips([.leading(to: .working)]) == 2)
      #expect(try await trips([.plain], request: RequestKey(id: "r", hash: [1])) == 2)
      // A checkpoint is found to be due where the log is locked, and made by another write.
      let marked = try await sessions.server.roundTrips {
        _ = try await store.append(
          .test(Array(repeating: .plain, count: 5), to: "marked"), in: sessions.scope)
      }
      #expect(marked == 3)
      // A refusal takes the same way.
      let refused = try await sessions.server.roundTrips {
        let error = await refusal { () throws(RPCError) in
          _ = try await store.append(.test([.plain], to: session, expected: 1), in: sessions.scope)
        }
        #expect(error?.reason == .sessionHeadMismatch)
      }
      #expect(refused == 1)
    }
  }

  // MARK: Refusals

  @Test("an event is stored with who appended it, and its session lives on from it")
  func stored() async throws {
    try await withLogs { peers, database in
      let client = peers[0].client
      let begun = try await client.begin("s", agent: "ann") {
        $0.ttl = WellKnown.Duration(seconds: 120)
        $0.entities = ["e0"]
      }
      #expect(begun.lastSequence == 1)
      var event = SessionEvent.custom("deployed", by: "ann")
      event.change = EventChange.with { $0.entities = ["e1", "e2"] }
      event.data = WellKnown.Struct()
      event.data?.fields["n"] = WellKnown.Value.with { $0.kind = .numberValue(1) }
      let answer = try await client.append(event, to: "s")
      #expect(answer.sequence == 2 && answer.state == .working && answer.position > begun.position)
      let time = try #require(answer.time)
      #expect(answer.expireTime?.microseconds == time.microseconds + 120_000_000)
      let kept = try await client.append(to: "s") { $0.keepExpireTime = true }
      #expect(kept.expireTime == answer.expireTime)

      let session = try await client.get("s", recent: 2)
      #expect(session.lastSequence == 3 && session.lastEventTime == kept.time)
      #expect(session.expireTime == answer.expireTime && session.version == begun.version)
      #expect(session.recentEvents.map(\.sequence) == [2, 3])
      var stored = session.recentEvents[0]
      #expect(stored.session == "s" && stored.position == answer.position && stored.ordinal == 0)
      #expect(stored.provenance?.time == time && stored.provenance?.principal == "anonymous")
      #expect(stored.provenance?.operation == "cairn.v1.SessionService/AppendEvent")
      (stored.session, stored.sequence, stored.position, stored.provenance) = ("", 0, 0, nil)
      #expect(stored == event)
    }
  }

  @Test("what is asked about many events has columns, whatever its texts are")
  func columns() async throws {
    try await withSessions { sessions in
      let session = try await sessions.create(entities: ["e0"]).id
      let entities = ["a\"b", "c\\d", "{e,f}", "NULL", " g ", "'h'", "\u{1F600}é", "e0"]
      var event = SessionEvent.leading(to: .broken)
      event.change?.entities = entities
      event.processingTime = WellKnown.Duration(seconds: 2, nanos: 5_999)
      event.impact = EventImpact.with {
        $0.severity = .high
        $0.performanceDelta = -1.5
      }
      for events in [[event, .plain], [SessionEvent.custom("x"), .plain]] {
        _ = try await sessions.log.append(.test(events, to: session), in: sessions.scope)
      }
      let connection = try sessions.database.connect()
      let rows = try connection.query(
        """
        SELECT severity::int, performance_delta, from_state::int, to_state::int, processing_time, entities
        FROM session_event ORDER BY sequence
        """)
      #expect(rows.count == 5)
      #expect(try rows[1].decode(0, as: Int32.self) == 3)
      #expect(try rows[1].decode(1, as: Double?.self) == -1.5)
      #expect(try rows[1].decode(2, as: Int32?.self) == 1)
      #expect(try rows[1].decode(3, as: Int32?.self) == 2)
      #expect(try rows[1].decode(4, as: Int64?.self) == 2_000_005)
      #expect(try rows[1].decode(5, as: [String].self) == entities)
      #expect(try rows[2].decode(0, as: Int32.self) == 0)
      for column in 1...4 { #expect(rows[2].isNull(column) && rows[4].isNull(column)) }
      #expect(try rows[2].decode(5, as: [String].self) == [])
      let about = try connection.query(
        "SELECT entity_id, sequence FROM session_entity ORDER BY sequence, entity_id COLLATE \"C\"")
      #expect(
        try about.map { try $0.decode(0, as: String.self) } == ["e0"] + Set<TextKey>(of: entities).sortedTexts
      )
      #expect(
        try about.map { try $0.decode(1, as: Int64.self) } == [1] + Array(repeating: 2, count: entities.count)
      )
    }
  }

  // MARK: Checkpoints

  @Test("a CHECKPOINT event makes a checkpoint, and so does every so many events of a session that wants it")
  func checkpoints() async throws {
    try await withLogs(2) { peers, _ in
      let client = peers[0].client
      try await client.begin("s", agent: "ann") { $0.checkpointInterval = 10 }
      var checkpoints: [String] = []
      for number in 1...25 {
        let event: SessionEvent = number == 9 ? .leading(to: .broken) : .custom("c", by: "ann")
        #expect(try await peers[number % 2].client.append(event, to: "s").sequence == Int64(number))
        let session = try await client.get("s")
        if session.checkpoint != checkpoints.last ?? "" { checkpoints.append(session.checkpoint) }
        #expect(checkpoints.count == number / 10)
      }
      let event = SessionEvent.with {
        $0.type = .checkpoint
        $0.agent = "ann"
      }
      let answer = try await client.append(event, to: "s")
      #expect(answer.sequence == 26)
      let session = try await client.get("s", recent: 1)
      #expect(session.checkpoint == session.recentEvents[0].checkpoint && !session.checkpoint.isEmpty)
      #expect(session.recentEvents[0].outcome == .broken)
      let page = try await client.listCheckpoints(ListCheckpointsRequest.with { $0.session = "s" })
      #expect(page.checkpoints.map(\.id).reversed() == checkpoints + [session.checkpoint])
      #expect(page.checkpoints.map(\.kind) == [.manual, .automatic, .automatic])
      #expect(page.checkpoints.map(\.sequence) == [26, 20, 10])
      #expect(page.checkpoints.map(\.outcome) == [.broken, .broken, .broken])
      #expect(page.checkpoints[0].agent == "ann" && page.checkpoints[0].position == answer.position)
    }
  }

  @Test("an agent of the call's metadata appends what names nobody")
  func callAgent() async throws {
    try await withSessions { sessions in
      let store = sessions.log
      let session = try await sessions.create(by: "ann").id
      let append = LogAppend.test([.plain], to: session)
      _ = try await store.append(append.by("ann"), in: sessions.scope)
      let error = await refusal { () throws(RPCError) in
        _ = try await store.append(append.by("cy"), in: sessions.scope)
      }
      #expect(error?.reason == .notAMember && error?.particular("agent") == "cy")
    }
  }

  @Test("test results lead the state, and say from where")
  func testResults() async throws {
    try await withLogs { peers, _ in
      let client = peers[0].client
      try await client.begin("s", agent: "ann")
      var request = RecordTestResultRequest()
      (request.session, request.agent, request.entities, request.tests) = ("s", "ann", ["f"], ["t"])
      #expect(try await client.recordTestResult(request).state == .broken)
      #expect(try await client.recordTestResult(request).state == .broken)
      (request.passed, request.confidence) = (true, 0)
      #expect(try await client.recordTestResult(request).state == .working)
      let events = try await client.events(of: "s")[0]
      #expect(events.map(\.transition?.fromState) == [.working, .broken, .broken])
      #expect(events.map(\.transition?.toState) == [.broken, .broken, .working])
      #expect(events[2].transition?.confidence == 0)
      let session = try await client.get("s")
      #expect(session.state == .working && session.version == 3)
      var change = RecordCodeChangeRequest()
      (change.session, change.agent) = ("s", "ann")
      change.change = EventChange.with {
        $0.entities = ["f"]
        $0.operation = .modified
      }
      change.impact = EventImpact.with { $0.performanceDelta = -3 }
      #expect(try await client.recordCodeChange(change).sequence == 4)
      let modified = try await client.events(of: "s")[0][3]
      #expect(modified.type == .modified && modified.impact?.severity == .low)
    }
  }
}
