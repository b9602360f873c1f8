import CairnAPI
import GRPC
import TestSupport
import Testing

@testable import Sessions

/// AppendEvents: many events through one call.
@Suite struct AppendStreamTests {
  private typealias Call = BidirectionalCall<AppendEventsRequest, AppendEventsResponse>

  private func write(
    _ events: [SessionEvent], to session: String = "", _ call: Call,
    _ change: (inout AppendEventsRequest) -> Void = { _ in }
  ) async throws(RPCError) {
    var request = AppendEventsRequest()
    (request.session, request.events) = (session, events)
    change(&request)
    try await call.write(request)
  }

  @Test("each request is durable when it is answered, whether or not it leads the state")
  func acknowledged() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let call = try await peers[0].client.appendEvents()
      let batches: [(events: [SessionEvent], state: SessionState)] = [
        (Array(repeating: .plain, count: 1_000), .working),
        ([.leading(to: .broken), .plain], .broken),
        ([.custom("c", payload: 1 << 20), .custom("d", payload: 1 << 20)], .broken),
        ([.leading(to: .coordinating), .leading(to: .working), .leading(to: .coordinating)], .coordinating),
      ]
      var total: Int64 = 0
      for (number, batch) in batches.enumerated() {
        try await write(batch.events, to: number == 0 ? "s" : "", call) {
          if number == 0 { $0.expectedLastSequence = 0 }
        }
        let answer = try #require(try await call.next())
        total += Int64(batch.events.count)
        #expect(answer.appended == total && answer.lastSequence == total && answer.state == batch.state)
        #expect(answer.journalId.count == 36)
        let session = try await peers[1].client.get("s")
        #expect(session.lastSequence == total && session.state == batch.state)
      }
      await call.finishWriting()
      #expect(try await call.next() == nil)
      let events = try await peers[1].client.events(of: "s") { $0.pageSize = 1_000 }.flatMap(\.self)
      #expect(events.map(\.sequence) == Array(1...total))
      // The events of a request share a position.
      #expect(Set(events.prefix(1_000).map(\.position)).count == 1)
      #expect(events.prefix(1_000).map(\.ordinal) == Array(0..<1_000))
    }
  }

  typealias Case = (
    events: [SessionEvent], expected: Int64?, reason: ErrorReason, event: String?
  )

  static let refusals: [Case] = [
    ([.plain, .custom("x", by: "cy")], nil, .notAMember, "events[1]"),
    ([.leading(to: .broken), .custom("x", by: "cy")], nil, .notAMember, "events[1]"),
    (Array(repeating: .plain, count: 4), nil, .sessionFull, "events[3]"),
    (
      [.plain, .plain, .plain, .leading(to: .broken)], nil, .sessionFull, "events[3]"
    ),
    ([.plain, SessionEvent()], nil, .fieldInvalid, nil),
    ([.plain], 3, .fieldInvalid, nil),
    ([], nil, .fieldInvalid, nil),
  ]

  @Test(
    "a refusal ends the stream and says of which event; nothing of its request is stored",
    arguments: refusals.indices)
  func refused(_ index: Int) async throws {
    let (events, expected, reason, event) = Self.refusals[index]
    try await withLogs { peers, _ in
      let client = peers[0].client
      try await client.begin("s", agent: "ann") { $0.maxEvents = 5 }
      let call = try await client.appendEvents()
      try await write([.plain, .custom("c", by: "ann")], to: "s", call)
      #expect(try await call.next()?.appended == 2)
      try await write(events, call) { $0.expectedLastSequence = expected }
      let error = await refusal { () throws(RPCError) in _ = try await call.next() }
      #expect(error?.reason == reason)
      #expect(error?.particular("event") == event)
      #expect(try await client.sequences(of: "s") == [1, 2])
    }
  }

  @Test("a stream that is cut has lost nothing that was acknowledged, and a new one goes on")
  func cut() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let call = try await peers[0].client.appendEvents()
      var acknowledged: Int64 = 0
      for _ in 0..<5 {
        try await write([.plain, .plain], to: "s", call)
        acknowledged = try #require(try await call.next()).lastSequence
      }
      try await write([.plain, .plain], call)
      await call.cancel()
      // What was under way is there or not, and as a whole.
      let last = try await peers[1].client.get("s").lastSequence
      #expect(acknowledged == 10 && (last == 10 || last == 12))
      let again = try await peers[1].client.appendEvents()
      try await write([.plain], to: "s", again)
      let next = try #require(try await again.next()).lastSequence
      await again.finishWriting()
      #expect(next == 11 || next == 13)
      #expect(try await peers[0].client.sequences(of: "s") == Array(1...next))
    }
  }

  @Test("streams to one session share its places")
  func together() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let sums = await withTaskGroup(of: Int64?.self) { group in
        for number in 0..<8 {
          group.addTask {
            guard let call = try? await peers[number % 2].client.appendEvents() else { return nil }
            var appended: Int64?
            for _ in 0..<5 {
              guard (try? await write([.plain, .plain, .plain], to: "s", call)) != nil else {
                return nil
              }
              appended = (try? await call.next())?.appended
            }
            await call.finishWriting()
            return appended
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(sums == Array(repeating: 15, count: 8))
      #expect(try await peers[0].client.sequences(of: "s") { $0.pageSize = 100 } == Array(1...120))
    }
  }
}
