import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Events on a database: appended from several servers, refused, repeated, taken back.
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

  typealias Case = (
    name: String, prepare: @Sendable (SessionServiceClient, TestDatabase) async throws -> Void, agent: String,
    expected: Int64?, reason: ErrorReason
  )

  static let refusals: [Case] = [
    ("missing", { _, _ in }, "", nil, .sessionNotFound),
    (
      "deleted",
      { client, _ in
        try await client.begin("s")
        _ = try await client.deleteSession(DeleteSessionRequest.with { $0.id = "s" })
      }, "", nil, .sessionDeleted
    ),
    (
      "ended",
      { client, _ in
        try await client.begin("s")
        _ = try await client.endSession(EndSessionRequest.with { $0.id = "s" })
      }, "", nil, .sessionEnded
    ),
    (
      "expired",
      { client, database in
        try await client.begin("s")
        try database.connect().execute("UPDATE session_head SET expire_time = '2020-01-01Z'")
      }, "", nil, .sessionExpired
    ),
    ("stranger", { client, _ in try await client.begin("s", agent: "ann") }, "cy", nil, .notAMember),
    ("nobody there", { client, _ in try await client.begin("s") }, "cy", nil, .notAMember),
    (
      "wrong head", { client, _ in try await client.begin("s", agent: "ann") }, "ann", 3, .sessionHeadMismatch
    ),
    (
      "full",
      { client, _ in
        try await client.begin("s", agent: "ann") { $0.maxEvents = 1 }
        try await client.append(to: "s")
      }, "ann", 1, .sessionFull
    ),
    (
      "ended, wrong head, stranger",
      { client, _ in
        try await client.begin("s")
        _ = try await client.endSession(EndSessionRequest.with { $0.id = "s" })
      }, "cy", 7, .sessionEnded
    ),
    ("wrong head, stranger", { client, _ in try await client.begin("s") }, "cy", 7, .sessionHeadMismatch),
  ]

  @Test(
    "an append is refused alike with and without a transition, and nothing is written",
    arguments: refusals.indices)
  func refused(_ index: Int) async throws {
    let (name, prepare, agent, expected, reason) = Self.refusals[index]
    try await withLogs { peers, database in
      let client = peers[0].client
      try await prepare(client, database)
      func counts() throws -> [Int64] {
        let row = try database.connect().query(
          """
          SELECT (SELECT count(*) FROM session_event), (SELECT count(*) FROM change),
            (SELECT coalesce(sum(last_sequence), 0)::bigint FROM session_head), (SELECT count(*) FROM request)
          """
        ).only()
        return try (0..<4).map { try row.decode($0, as: Int64.self) }
      }
      let before = try counts()
      var errors: [RPCError?] = []
      for event in [SessionEvent.custom("x", by: agent), .leading(to: .broken, by: agent)] {
        for request in ["", "r"] {
          errors.append(
            await refusal { () throws(RPCError) in
              try await client.append(event, to: "s") {
                $0.expectedLastSequence = expected
                $0.requestId = request
              }
            })
        }
      }
      let first = try #require(errors[0], "\(name)")
      #expect(first.reason == reason, "\(name)")
      for error in errors {
        #expect(error?.code == first.code && error?.message == first.message, "\(name)")
        #expect(error?.details == first.details, "\(name)")
      }
      #expect(try counts() == before, "\(name)")
    }
  }

  @Test("a session takes as many events as it may have, from how many callers ever")
  func full() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s") { $0.maxEvents = 10 }
      let refused = await withTaskGroup(of: RPCError?.self) { group in
        for number in 0..<30 {
          group.addTask {
            await refusal { () throws(RPCError) in
              try await peers[number % 2].client.append(to: "s")
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
      }
      #expect(refused.count == 20)
      #expect(refused.allSatisfy { $0.code == .resourceExhausted && $0.particular("limit") == "10" })
      #expect(try await peers[1].client.sequences(of: "s") == Array(1...10))
    }
  }

  @Test("of many who expect the same head one appends, and the others hear where it is")
  func expectedHead() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let results = await withTaskGroup(of: RPCError?.self) { group in
        for number in 0..<20 {
          group.addTask {
            await refusal { () throws(RPCError) in
              try await peers[number % 2].client.append(to: "s") { $0.expectedLastSequence = 0 }
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let refused = results.compactMap(\.self)
      #expect(refused.count == 19)
      #expect(refused.allSatisfy { $0.code == .aborted && $0.particular("last_sequence") == "1" })
    }
  }

  // MARK: What an append leaves

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

  // MARK: Named requests, validate_only, leases

  @Test("a named append is made once, and answered the same again", arguments: [false, true])
  func repetition(leads: Bool) async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let event: SessionEvent = leads ? .leading(to: .broken) : .plain
      func append(_ number: Int, event: SessionEvent) async throws(RPCError) -> AppendEventResponse {
        try await peers[number % 2].client.append(event, to: "s") { $0.requestId = "r" }
      }
      let first = try await append(0, event: event)
      try await peers[0].client.append(.leading(to: .coordinating), to: "s")
      for number in 1..<4 { #expect(try await append(number, event: event) == first) }
      #expect(try await peers[0].client.sequences(of: "s") == [1, 2])
      let reused = await refusal { () throws(RPCError) in _ = try await append(0, event: .custom("other")) }
      #expect(reused?.reason == .requestIdReused)
    }
  }

  @Test("twins of a named append are one")
  func twins() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let answers = await withTaskGroup(of: AppendEventResponse?.self) { group in
        for number in 0..<10 {
          group.addTask { try? await peers[number % 2].client.append(to: "s") { $0.requestId = "r" } }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0 != nil && $0 == answers[0] })
      #expect(try await peers[0].client.sequences(of: "s") == [1])
    }
  }

  @Test("what was refused is not remembered: the same request may succeed later")
  func refusedThenMade() async throws {
    try await withLogs { peers, _ in
      let client = peers[0].client
      try await client.begin("s")
      func append() async throws(RPCError) -> AppendEventResponse {
        try await client.append(to: "s") {
          $0.requestId = "r"
          $0.expectedLastSequence = 1
        }
      }
      #expect(await refusal { () throws(RPCError) in _ = try await append() }?.reason == .sessionHeadMismatch)
      try await client.append(to: "s")
      #expect(try await append().sequence == 2)
      #expect(try await append().sequence == 2)
    }
  }

  @Test("who only asks is answered as one who appends, and nothing is written", arguments: [false, true])
  func validateOnly(leads: Bool) async throws {
    try await withLogs { peers, _ in
      let client = peers[0].client
      try await client.begin("s") { $0.maxEvents = 2 }
      let before = try await client.append(to: "s")
      let event: SessionEvent = leads ? .leading(to: .broken) : .plain
      let answer = try await client.append(event, to: "s") { $0.validateOnly = true }
      #expect(answer.sequence == 2 && answer.state == (leads ? .broken : .working))
      #expect(answer.position == 0 && answer.time == nil && answer.expireTime == nil)
      let kept = try await client.append(event, to: "s") {
        $0.validateOnly = true
        $0.keepExpireTime = true
      }
      #expect(kept.expireTime == before.expireTime)
      let session = try await client.get("s")
      #expect(
        session.lastSequence == 1 && session.state == .working && session.expireTime == before.expireTime)
      try await client.append(to: "s")
      let refused = await refusal { () throws(RPCError) in
        try await client.append(event, to: "s") { $0.validateOnly = true }
      }
      #expect(refused?.reason == .sessionFull)
    }
  }

  @Test("under a lease that was lost nothing is appended", arguments: [false, true])
  func leases(leads: Bool) async throws {
    try await withSessions { sessions in
      let store = sessions.log
      let session = try await sessions.create().id
      try sessions.database.connect().execute(
        "INSERT INTO lease (project_id, lease_id, epoch, holder, until) VALUES ('default', 'l', 5, 'x', 'infinity')"
      )
      let append = LogAppend.test([leads ? .leading(to: .broken) : .plain], to: session)
      func scope(_ epoch: Int64, named: String? = nil) -> CallScope {
        var scope = sessions.scope
        scope.lease = Lease(id: "l", epoch: epoch)
        scope.request = named.map { RequestKey(id: $0, hash: [1]) }
        return scope
      }
      #expect(try await store.append(append, in: scope(5)).lastSequence == 1)
      for name in [nil, "r"] {
        for epoch in [4, 6] as [Int64] {
          let error = await refusal { () throws(RPCError) in
            _ = try await store.append(append, in: scope(epoch, named: name))
          }
          #expect(error?.code == .aborted && error?.reason == .leaseLost)
        }
      }
      #expect(try await store.append(append, in: scope(5, named: "r")).lastSequence == 2)
    }
  }
}
