import CairnAPI
import EventLoop
import GRPC
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct FeedTests {
  @Test("a feed gives what was, says that it has caught up, and then gives what comes")
  func history() async throws {
    try await withServer { server, _ in
      for id in ["a", "b"] { _ = try await server.journal.createNote(id) }
      let feed = try await server.journal.changes.watch(.default, from: .after(0), on: server.loop)
      #expect(try await feed.take(rows: 2).map(\.id) == ["a", "b"])
      #expect(try await feed.caughtUp() == 2)
      _ = try await server.journal.createNote("c")
      #expect(try await feed.take(rows: 1).map(\.id) == ["c"])
      #expect(try await feed.mark() == .checkpoint(3))
    }
  }

  @Test("a feed from now on gives what is written after it began")
  func fromNow() async throws {
    try await withServer { server, _ in
      _ = try await server.journal.createNote("a")
      let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      #expect(try await feed.caughtUp() == 1)
      _ = try await server.journal.createNote("b")
      #expect(try await feed.take(rows: 1).map(\.id) == ["b"])
    }
  }

  @Test("a feed goes on at a checkpoint, and inside a position")
  func resumes() async throws {
    try await withServer({ $0.pageSize = 3 }) { server, _ in
      let ids = ["a", "b", "c", "d"]
      for id in ids { _ = try await server.journal.createNote(id) }
      _ = try await server.journal.updateNotes(ids)
      _ = try await server.journal.createNote("e")
      for (start, expected) in [
        (StartPosition.after(3), ["d", "a", "b", "c", "d", "e"]),
        (.after(5, ordinal: 1), ["c", "d", "e"]),
        (.after(5), ["e"]), (.oldest, ["a", "b", "c", "d", "a", "b", "c", "d", "e"]),
      ] {
        let feed = try await server.journal.changes.watch(.default, from: start, on: server.loop)
        let rows = try await feed.take(rows: expected.count)
        #expect(rows.map(\.id) == expected, "from \(start)")
        #expect(try await feed.caughtUp() == 6)
      }
    }
  }

  @Test("a feed holds nothing of other projects and nothing that does not match")
  func filters() async throws {
    try await withServer { server, database in
      try database.connect().execute("INSERT INTO project (project_id) VALUES ('other')")
      let other = CallScope(project: ProjectID("other")!, operation: "test")
      let all = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      let some = try await server.journal.changes.watch(.default, from: .now, on: server.loop) {
        $0.id == "b"
      }
      for id in ["a", "b", "c"] {
        _ = try await server.journal.createNote(id)
        _ = try await server.journal.createNote(id, other)
      }
      _ = try await server.journal.updateNotes(["b"])
      #expect(try await all.take(rows: 4).map(\.id) == ["a", "b", "c", "b"])
      #expect(try await some.take(rows: 2).map(\.action) == ["created", "updated"])
    }
  }

  @Test("a feed in which nothing matches says how far it is")
  func reminders() async throws {
    try await withServer({ $0.checkpointInterval = .milliseconds(20) }) { server, _ in
      let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop) { _ in false }
      #expect(try await feed.caughtUp() == 0)
      for position in Int64(1)...2 {
        _ = try await server.journal.createNote("n\(position)")
        #expect(try await feed.mark() == .checkpoint(position))
      }
    }
  }

  @Test("a start that is pruned, ahead or of another journal is refused with its reason")
  func refusals() async throws {
    try await withServer { server, database in
      for id in ["a", "b", "c"] { _ = try await server.journal.createNote(id) }
      let connection = try database.connect()
      try connection.execute("UPDATE journal SET pruned_position = 2")
      let id = try connection.query("SELECT journal_id::text FROM journal").only().decode(0, as: String.self)
      let cases: [(StartPosition, String?, ErrorReason?)] = [
        (.after(1), nil, .positionPruned), (.after(0), nil, .positionPruned),
        (.after(2, ordinal: 0), nil, .positionPruned), (.after(2), nil, nil), (.oldest, nil, nil),
        (.after(4), nil, .positionInFuture), (.after(3), id, nil), (.after(-1), nil, .fieldInvalid),
        (.after(3), "0196fb5b-0000-7000-8000-000000000000", .positionForeign),
        (.after(3), "no id", .positionForeign),
      ]
      for (start, journal, reason) in cases {
        do {
          let feed = try await server.journal.changes.watch(
            .default, from: start, journal: journal, on: server.loop)
          #expect(reason == nil, "\(start)")
          #expect(feed.journal.description == id)
        } catch let error as RPCError {
          #expect(error.reason == reason, "\(start)")
          #expect(error.code == (reason == .fieldInvalid ? .invalidArgument : .outOfRange))
        }
      }
    }
  }

  @Test("a reader that lets history pass by is told when that was pruned meanwhile")
  func prunedMeanwhile() async throws {
    let configure: (inout JournalConfiguration) -> Void = { configuration in
      configuration.pageSize = 2
      configuration.recentRows = 1
    }
    try await withServer(configure) { server, database in
      for number in 0..<10 { _ = try await server.journal.createNote("n\(number)") }
      // Once this one has caught up, everything is history.
      let first = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      #expect(try await first.caughtUp() == 10)
      let feed = try await server.journal.changes.watch(.default, from: .oldest, on: server.loop)
      _ = try await feed.take(rows: 2)
      try database.connect().execute("UPDATE journal SET pruned_position = 6")
      withExtendedLifetime(first) {}
      do {
        _ = try await feed.take(rows: 8)
        Issue.record("not told")
      } catch let error as RPCError {
        #expect(error.reason == .positionPruned)
        #expect(error.particular("position") == "2")
      }
    }
  }

  @Test("draining ends feeds with the place to go on from")
  func drains() async throws {
    try await withServer { server, _ in
      let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      _ = try await feed.caughtUp()
      _ = try await server.journal.createNote("a")
      _ = try await feed.take(rows: 1)
      #expect(try await feed.mark() == .checkpoint(1))
      let waiting = server.loop.startTask {
        do throws(RPCError) {
          _ = try await feed.next()
          Issue.record("not ended")
        } catch {
          #expect(error.code == .unavailable)
          #expect(error.reason == .shuttingDown)
          #expect(error.particular("position") == "1")
        }
      }
      server.journal.drain()
      await waiting.value
    }
  }

  @Test("cancelling the reader's task ends its wait")
  func cancels() async throws {
    try await withServer { server, _ in
      let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      _ = try await feed.caughtUp()
      let waiting = server.loop.startTask {
        do throws(RPCError) {
          _ = try await feed.next()
          Issue.record("not ended")
        } catch { #expect(error.code == .cancelled) }
      }
      waiting.cancel()
      await waiting.value
    }
  }

  @Test("watchers come and go while rows are written, and none misses any")
  func comingAndGoing() async throws {
    try await withServer { server, _ in
      let journal = server.journal
      let total = 400
      let writer = server.loop.startTask {
        for number in 0..<total { _ = try? await journal.createNote("n\(number)") }
      }
      for round in 0..<40 {
        let loop = server.group.loops[round % 2]
        let start = Int64(round * 5)
        let positions = try await loop.run { () async throws -> [Int64] in
          let feed = try await journal.changes.watch(
            .default, from: .after(min(start, try await journal.newest())), on: loop)
          return try await feed.take(rows: 20).map(\.position)
        }
        #expect(positions == Array(positions[0]..<positions[0] + 20))
      }
      await writer.value
    }
  }

  @Test("a change is seen by watchers on the same server and on another one")
  func twoServers() async throws {
    try await withServer { server, database in
      let other = try TestServer(database.url)
      try other.journal.start()
      let loop = other.loop
      try await loop.run { () async throws in
        let feed = try await other.journal.changes.watch(.default, from: .now, on: loop)
        #expect(try await feed.caughtUp() == 0)
        for number in Int64(1)...5 {
          _ = try await server.journal.createNote("n\(number)")
          #expect(try await feed.take(rows: 1).map(\.position) == [number])
        }
      }
      await other.stop()
    }
  }
}

extension FeedStream {
  /// The next rows, whatever stands between them.
  func take(rows count: Int) async throws(RPCError) -> [Entry] {
    var rows: [Entry] = []
    while rows.count < count {
      if case .row(let row) = try await next() { rows.append(row) }
    }
    return rows
  }

  /// What the next element says.
  func mark() async throws(RPCError) -> Mark {
    switch try await next() {
    case .row(let row): .row(row.position)
    case .caughtUp(let position): .caughtUp(position)
    case .checkpoint(let position): .checkpoint(position)
    }
  }

  /// The next `caughtUp`, past the checkpoints of pages.
  func caughtUp() async throws(RPCError) -> Int64 {
    while true {
      if case .caughtUp(let position) = try await next() { return position }
    }
  }

  enum Mark: Equatable {
    case row(Int64)
    case caughtUp(Int64)
    case checkpoint(Int64)
  }
}

extension Journal {
  /// The last position drawn.
  func newest() async throws(PostgresError) -> Int64 {
    try await pool.lookup(JournalQueries.lastPosition, ()).value()
  }
}
