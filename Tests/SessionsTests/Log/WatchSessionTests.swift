import CairnAPI
import GRPC
import TestSupport
import Testing

@testable import Sessions

/// Feeds of logs, on another server than the one that appends.
@Suite struct WatchSessionTests {
  @Test("who follows a session gets its log from any place on, and what is appended on another server")
  func oneSession() async throws {
    try await withLogs(2) { peers, _ in
      let (writer, reader) = (peers[0].client, peers[1].client)
      try await writer.begin("s")
      try await writer.begin("t")
      for number in 0..<20 { try await writer.append(.custom("\(number)"), to: number % 2 == 0 ? "s" : "t") }
      let stream = try await reader.watch("s") { $0.afterSequence = 4 }
      #expect(try await stream.events(6).map(\.sequence) == Array(5...10))
      for number in 20..<30 { try await writer.append(.custom("\(number)"), to: number % 2 == 0 ? "s" : "t") }
      let live = try await stream.events(5)
      #expect(live.map(\.name) == ["20", "22", "24", "26", "28"] && live.allSatisfy { $0.session == "s" })
      #expect(live.map(\.sequence) == Array(11...15))
      let listed = try await reader.events(of: "s") { $0.fromSequence = 11 }[0]
      #expect(live == listed)
      await stream.cancel()

      // Cut, and gone on with from the last event received.
      let again = try await reader.watch("s") {
        $0.afterPosition = live[2].position
        $0.afterOrdinal = live[2].ordinal
      }
      #expect(try await again.events(2).map(\.sequence) == [14, 15])
      let whole = try await reader.watch("s") { $0.afterSequence = 0 }
      #expect(try await whole.events(15).map(\.sequence) == Array(1...15))
    }
  }

  @Test("who follows all sessions gets each event once, in the order of the journal")
  func allSessions() async throws {
    try await withLogs(2) { peers, _ in
      for id in ["a", "b", "c"] { try await peers[0].client.begin(id) { $0.entities = ["e"] } }
      let stream = try await peers[1].client.watch("-") { $0.afterPosition = 0 }
      for number in 0..<30 {
        try await peers[number % 2].client.append(to: ["a", "b", "c"][number % 3])
      }
      let events = try await stream.events(33)
      #expect(events.map(\.position) == events.map(\.position).sorted())
      for id in ["a", "b", "c"] {
        #expect(events.filter { $0.session == id }.map(\.sequence) == Array(1...11))
      }
    }
  }

  @Test("what is not published, or not wanted, is not sent, and listed nevertheless")
  func filtered() async throws {
    try await withLogs(2) { peers, _ in
      let client = peers[0].client
      try await client.begin("s", agent: "ann")
      try await client.append(.custom("hidden"), to: "s") { $0.unpublished = true }
      try await client.append(.custom("shown"), to: "s")
      try await client.append(.custom("ann's", by: "ann"), to: "s")
      let all = try await peers[1].client.watch("s") { $0.afterSequence = 0 }
      let some = try await peers[1].client.watch("s") {
        $0.afterSequence = 0
        $0.agents = ["ann"]
        $0.types = [.custom]
      }
      #expect(try await all.events(2).map(\.name) == ["shown", "ann's"])
      #expect(try await some.events(1).map(\.name) == ["ann's"])
      try await client.append(.custom("hidden"), to: "s") { $0.unpublished = true }
      try await client.append(.leading(to: .broken, by: "ann"), to: "s")
      try await client.append(.custom("last", by: "ann"), to: "s")
      #expect(try await all.events(2).map(\.sequence) == [5, 6])
      #expect(try await some.events(1).map(\.name) == ["last"])
      #expect(try await client.sequences(of: "s") == Array(1...6))
      // One may go on after an event that was not sent.
      let after = try await client.watch("s") { $0.afterSequence = 4 }
      #expect(try await after.events(2).map(\.sequence) == [5, 6])
    }
  }

  @Test("events too large for the memory of feeds are sent whole, live as well as later")
  func large() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let live = try await peers[1].client.watch("s") { $0.afterSequence = 0 }
      let sizes = [0, 1_100, 5, 1 << 20, 300_000, 900, 100_000, 200_000, 1 << 20, 10]
      for size in sizes { try await peers[0].client.append(.custom("c", payload: size), to: "s") }
      #expect(try await live.events(sizes.count).map(\.payload.count) == sizes)
      let late = try await peers[1].client.watch("s") { $0.afterSequence = 0 }
      #expect(try await late.events(sizes.count).map(\.payload.count) == sizes)
    }
  }

  @Test("a watch of what is not there is refused")
  func refused() async throws {
    try await withLogs { peers, database in
      let client = peers[0].client
      func error(
        _ session: String, _ change: @escaping (inout WatchSessionRequest) -> Void = { _ in }
      ) async -> RPCError? {
        await refusal { () throws(RPCError) in _ = try await client.watch(session, change).events(1) }
      }
      #expect(await error("s")?.reason == .sessionNotFound)
      try await client.begin("s")
      for _ in 1...5 { try await client.append(to: "s") }
      #expect(await error("s") { $0.afterSequence = 6 }?.reason == .positionInFuture)
      #expect(await error("s") { $0.afterPosition = 1_000_000 }?.reason == .positionInFuture)
      #expect(await error("s") { $0.journalId = "other" }?.reason == .positionForeign)
      try database.connect().execute("DELETE FROM session_event WHERE sequence <= 3")
      let pruned = await error("s") { $0.afterSequence = 2 }
      #expect(pruned?.reason == .positionPruned && pruned?.particular("oldest_sequence") == "4")
      let kept = try await client.watch("s") { $0.afterSequence = 3 }
      #expect(try await kept.events(2).map(\.sequence) == [4, 5])
      try await client.begin("gone")
      _ = try await client.deleteSession(DeleteSessionRequest.with { $0.id = "gone" })
      #expect(await error("gone")?.reason == .sessionDeleted)
    }
  }
}
