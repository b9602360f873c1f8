import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Appends that are repeated, only asked for, or made under a lease.
@Suite struct NamedAppendTests {
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
