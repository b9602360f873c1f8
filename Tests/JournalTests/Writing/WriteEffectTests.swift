import CairnAPI
import GRPC
import Postgres
import TestSupport
import Testing

@testable import Journal

/// Writes for those who only ask: made, and taken back.
@Suite struct WriteEffectTests {
  private var asking: CallScope {
    var scope = CallScope.test
    scope.effect = .takenBack
    return scope
  }

  private func count(_ table: String, _ server: TestServer) async throws -> Int {
    let rows = try await server.pool.query(Statement("count_\(table)", "SELECT count(*) FROM \(table)"), [])
    return Int(try rows.only().decode(0, as: Int64.self))
  }

  @Test("what is taken back leaves nothing and has no stamp", arguments: [NoteKeys.server, .client])
  func leavesNothing(_ keys: NoteKeys) async throws {
    try await withServer { server, _ in
      let journal = server.journal
      let asked = try await journal.createNote("a", keys: keys, asking)
      #expect(asked.written != nil && asked.repeated == nil)
      #expect(try await count("note", server) == 0)
      _ = try await journal.createNote("a", keys: keys)
      let updated = try await journal.updateNotes(["a"], asking)
      #expect(updated.written?.value == [1] && updated.written?.stamp == nil)
      #expect(try await count("change", server) == 1)
      // The note is still at its first version, and nobody holds its lock.
      #expect(try await journal.updateNotes(["a"], at: 1).written?.stamp != nil)
    }
  }

  @Test("what stands against a write stands against one that is taken back")
  func refusals() async throws {
    try await withServer { server, _ in
      let journal = server.journal
      _ = try await journal.createNote("a", keys: .client)
      #expect(try await journal.createNote("a", keys: .client, asking).written == .some(nil))
      await #expect(throws: RPCError.self) {
        try await journal.updateNotes(["a"], at: 7, asking)
      }
    }
  }

  @Test("positions that were drawn and taken back hold no feed back")
  func feedsGoOn() async throws {
    try await withServer { server, _ in
      let journal = server.journal
      let feed = try await journal.changes.watch(.default, from: .now, on: server.loop)
      _ = try await journal.createNote("a")
      for _ in 0..<5 { _ = try await journal.updateNotes(["a"], asking) }
      _ = try await journal.createNote("b")
      var seen: [String] = []
      while seen.count < 2 {
        for case .row(let change) in try await feed.next(atMost: 10) { seen.append(change.id) }
      }
      #expect(seen == ["a", "b"])
    }
  }

  @Test("asking takes as many round trips as writing")
  func roundTrips() async throws {
    let database = try TestDatabase(.notes)
    let server = try TestServer(database.url)
    let result: Result<[Int], any Error> = await server.loop.run {
      do {
        let journal = server.journal
        _ = try await journal.createNote("warm")
        _ = try await journal.updateNotes(["warm"])
        _ = try await journal.createNote("asked", asking)
        var trips: [Int] = []
        for scope in [CallScope.test, asking] {
          let before = await server.pool.statistics().roundTrips
          _ = try await journal.createNote("b", keys: .client, scope)
          let between = await server.pool.statistics().roundTrips
          _ = try await journal.updateNotes(["warm"], scope)
          trips += [between - before, await server.pool.statistics().roundTrips - between]
        }
        return .success(trips)
      } catch { return .failure(error) }
    }
    await server.stop()
    #expect(try result.get() == [1, 2, 1, 2])
  }
}
