import EventLoop
import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct SettlingTests {
  @Test("a transaction that stays open holds feeds back, and is named")
  func lag() async throws {
    try await withCluster { cluster in
      let server = try TestServer(cluster.cluster.url, { $0.lagThreshold = .milliseconds(50) })
      try server.journal.start()
      try await server.loop.run { () async throws in
        let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
        #expect(try await feed.caughtUp() == 0)
        let blocker = try BlockingConnection(url: cluster.cluster.ownerURL)
        try blocker.execute("SET application_name = 'sleeper'; BEGIN")
        try blocker.query("SELECT pg_current_xact_id()")
        let process = try blocker.query("SELECT pg_backend_pid()").only().decode(0, as: Int32.self)
        _ = try await server.journal.createNote("a")
        try await eventually("blocker named") { server.journal.status.blocker?.process == process }
        let status = server.journal.status
        #expect(status.settled == 0 && status.pending == 1)
        #expect(status.lag() >= .milliseconds(50))
        #expect(status.blocker?.application == "sleeper")
        #expect(status.blocker?.user == "cairn_owner")
        try blocker.execute("COMMIT")
        #expect(try await feed.take(rows: 1).map(\.id) == ["a"])
        #expect(server.journal.status.blocker == nil)
      }
      await server.stop()
    }
  }

  @Test("a position that was settled is not drawn again after a crash")
  func crash() async throws {
    try await withCluster { cluster in
      let server = try TestServer(cluster.cluster.url)
      try server.journal.start()
      // Nothing commits what this draws: in a crash the draw itself would be forgotten.
      let drawer = try cluster.connect()
      try drawer.execute("BEGIN")
      try drawer.query("SELECT pg_current_xact_id()")
      let drawn = try drawer.query("SELECT nextval('journal_position')").only().decode(0, as: Int64.self)
      try drawer.execute("ROLLBACK")
      try await eventually("settled") { server.journal.status.settled == drawn }
      cluster.crash()
      let last = try await cluster.afterRestart(on: server.loop) {
        try cluster.connect().query("SELECT coalesce(pg_sequence_last_value('journal_position'), 0)")
          .only().decode(0, as: Int64.self)
      }
      #expect(last >= drawn)
      await server.stop()
    }
  }

  @Test("feeds go on after all connections were lost")
  func outage() async throws {
    try await withServer { server, database in
      let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      #expect(try await feed.caughtUp() == 0)
      let killer = try database.connect()
      for number in 0..<5 {
        try killer.query(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
          """)
        let id = "n\(number)"
        try await eventually("written") {
          (try? await server.journal.createNote(id, keys: .client)) != nil
        }
        #expect(try await feed.take(rows: 1).map(\.id) == [id])
      }
    }
  }

  @Test("feeds end when the database was put back to an older state, and new ones begin there")
  func restored() async throws {
    try await withServer { server, database in
      for id in ["a", "b", "c"] { _ = try await server.journal.createNote(id) }
      let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      #expect(try await feed.caughtUp() == 3)
      try database.connect().execute(
        "BEGIN; DELETE FROM change WHERE position > 1; SELECT setval('journal_position', 1); COMMIT")
      do {
        _ = try await feed.next()
        Issue.record("the feed goes on")
      } catch let error as RPCError {
        #expect(error.code == .unavailable)
        #expect(error.particular("position") == "3")
      }
      let second = try await server.journal.changes.watch(.default, from: .oldest, on: server.loop)
      _ = try await server.journal.createNote("d")
      #expect(try await second.take(rows: 2).map(\.id) == ["a", "d"])
    }
  }

  @Test("a live row arrives within milliseconds of its write")
  func latency() async throws {
    try await withServer { server, _ in
      let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
      #expect(try await feed.caughtUp() == 0)
      var delays: [Duration] = []
      for number in 0..<100 {
        _ = try await server.journal.createNote("n\(number)")
        let written = Instant.now
        _ = try await feed.take(rows: 1)
        delays.append(Instant.now - written)
      }
      delays.sort()
      print("feed latency after the acknowledgement: p50 \(delays[50]), p95 \(delays[95])")
      #expect(delays[50] < .milliseconds(100 * patience))
    }
  }
}
