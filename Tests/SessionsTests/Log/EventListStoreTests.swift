import CairnAPI
import GRPC
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Logs on a database, read page by page.
@Suite struct EventListStoreTests {
  @Test("a log is read in both orders, in part, and by type and agent")
  func pages() async throws {
    try await withLogs(2) { peers, _ in
      let client = peers[0].client
      try await client.begin("s") { $0.entities = ["e"] }
      for agent in ["ann", "bob"] {
        _ = try await client.joinSession(
          JoinSessionRequest.with {
            $0.id = "s"
            $0.agent = agent
          })
      }
      for number in 4...20 {
        let event: SessionEvent =
          number % 5 == 0 ? .leading(to: .broken, by: "bob") : .custom("c", by: number % 2 == 0 ? "ann" : "")
        try await client.append(event, to: "s")
      }
      try await peers[1].client.begin("other") { $0.entities = ["e"] }

      let reader = peers[1].client
      let all = try await reader.events(of: "s") { $0.pageSize = 7 }
      #expect(all.map(\.count) == [7, 7, 6])
      #expect(all.flatMap { $0.map(\.sequence) } == Array(1...20))
      #expect(all[0].prefix(3).map(\.type) == [.start, .handoff, .handoff])
      #expect(
        try await reader.sequences(of: "s") {
          $0.pageSize = 6
          $0.orderBy = "sequence desc"
        } == Array((1...20).reversed()))
      func range(_ from: Int64, _ to: Int64, _ order: String = "") async throws -> [Int64] {
        try await reader.sequences(of: "s") {
          ($0.fromSequence, $0.toSequence, $0.orderBy, $0.pageSize) = (from, to, order, 2)
        }
      }
      #expect(try await range(5, 9) == Array(5...9))
      #expect(try await range(5, 9, "sequence desc") == [9, 8, 7, 6, 5])
      #expect(try await range(18, 0) == [18, 19, 20])
      #expect(try await range(0, 2) == [1, 2])
      #expect(try await range(9, 5) == [])
      #expect(try await range(21, 0) == [])
      #expect(
        try await reader.sequences(of: "s") {
          $0.types = [.start, .modified]
          $0.pageSize = 2
        } == [1, 5, 10, 15, 20])
      #expect(try await reader.sequences(of: "s") { $0.agents = ["bob"] } == [3, 5, 10, 15, 20])
      #expect(
        try await reader.sequences(of: "s") {
          $0.agents = ["bob", "ann"]
          $0.types = [.custom]
          $0.orderBy = "sequence desc"
        } == [18, 16, 14, 12, 8, 6, 4])
      let page = try await reader.listEvents(ListEventsRequest.with { $0.session = "s" })
      #expect(page.oldestSequence == 1 && page.lastSequence == 20 && page.journalId.count == 36)
    }
  }

  @Test("the log of an expired or ended session is read, and that of a deleted or missing one is not")
  func lives() async throws {
    try await withLogs { peers, database in
      let client = peers[0].client
      func read() async throws(RPCError) -> ListEventsResponse {
        try await client.listEvents(ListEventsRequest.with { $0.session = "s" })
      }
      #expect(await refusal { () throws(RPCError) in _ = try await read() }?.reason == .sessionNotFound)
      try await client.begin("s")
      let empty = try await read()
      #expect(empty.events.isEmpty && empty.oldestSequence == 0 && empty.lastSequence == 0)
      try await client.append(to: "s")
      let head = try database.connect()
      try head.execute("UPDATE session_head SET expire_time = '2020-01-01Z'")
      #expect(try await read().events.count == 1)
      try head.execute("UPDATE session_head SET expire_time = NULL")
      _ = try await client.endSession(EndSessionRequest.with { $0.id = "s" })
      #expect(try await read().events.map(\.type) == [.custom, .end])
      _ = try await client.deleteSession(DeleteSessionRequest.with { $0.id = "s" })
      #expect(await refusal { () throws(RPCError) in _ = try await read() }?.reason == .sessionDeleted)
    }
  }

  @Test("a page ends before it outgrows its bound, and has one event at least")
  func bytes() async throws {
    try await withLogs { peers, _ in
      let client = peers[0].client
      try await client.begin("s")
      for name in ["a", "b", "c", "d", "e"] {
        try await client.append(.custom(name, payload: 1 << 20), to: "s")
      }
      let pages = try await client.events(of: "s")
      #expect(pages.map(\.count) == [2, 2, 1])
      #expect(pages.flatMap { $0.map(\.name) } == ["a", "b", "c", "d", "e"])
      #expect(pages.joined().allSatisfy { $0.payload == [UInt8](repeating: 7, count: 1 << 20) })
      #expect(try await client.get("s", recent: 5).recentEvents.map(\.name) == ["d", "e"])
      #expect(try await client.get("s", recent: 1).recentEvents.map(\.name) == ["e"])
    }
  }

  @Test("who asks for events that are pruned hears which is the oldest")
  func pruned() async throws {
    try await withLogs { peers, database in
      let client = peers[0].client
      try await client.begin("s")
      for _ in 1...9 { try await client.append(to: "s") }
      let first = try await client.listEvents(
        ListEventsRequest.with {
          $0.session = "s"
          $0.pageSize = 2
        })
      let connection = try database.connect()
      try connection.execute("DELETE FROM session_event WHERE sequence <= 4")
      let page = try await client.listEvents(ListEventsRequest.with { $0.session = "s" })
      #expect(page.events.map(\.sequence) == Array(5...9))
      #expect(page.oldestSequence == 5 && page.lastSequence == 9)
      #expect(try await client.sequences(of: "s") { $0.fromSequence = 5 } == Array(5...9))
      for order in ["sequence", "sequence desc"] {
        let error = await refusal { () throws(RPCError) in
          _ = try await client.sequences(of: "s") {
            $0.fromSequence = 4
            $0.orderBy = order
          }
        }
        #expect(error?.code == .outOfRange && error?.reason == .positionPruned)
        #expect(error?.particular("oldest_sequence") == "5")
      }
      // A page that would have to begin with what is gone: no gap is passed over in silence.
      let next = await refusal { () throws(RPCError) in
        _ = try await client.sequences(of: "s") {
          $0.pageSize = 2
          $0.pageToken = first.nextPageToken
        }
      }
      #expect(next?.reason == .positionPruned)
      try connection.execute("DELETE FROM session_event")
      let rest = try await client.listEvents(ListEventsRequest.with { $0.session = "s" })
      #expect(rest.events.isEmpty && rest.oldestSequence == 10 && rest.lastSequence == 9)
      #expect(try await client.append(to: "s").sequence == 10)
    }
  }
}
