import EventLoop
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct MaintenanceTests {
  private func partitions(_ database: TestDatabase) throws -> [String] {
    try database.connect().query(
      """
      SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'change'::regclass ORDER BY 1
      """
    ).map { try $0.decode(0) }
  }

  /// Rows in the default partition.
  private func strays(_ database: TestDatabase) throws -> Int64 {
    try database.connect().query("SELECT count(*) FROM change_rest").only().decode(0)
  }

  private func maintenance(_ server: TestServer, size: Int64, ahead: Int64) -> Maintenance {
    var configuration = JournalConfiguration()
    configuration.partitionSize = size
    configuration.partitionsAhead = ahead
    return Maintenance(pool: server.pool, loop: server.loop, configuration)
  }

  @Test("a new database has partitions ahead, and more are made before they are reached")
  func ahead() async throws {
    try await withServer { server, database in
      let first = try partitions(database)
      #expect(first.count == 4)
      try database.connect().query("SELECT setval('journal_position', $1)", [Int64(40_000_000)])
      try await maintenance(server, size: 1 << 24, ahead: 2 << 24).extend()
      let more = try partitions(database)
      #expect(more.count == 6, "\(more)")
      try await maintenance(server, size: 1 << 24, ahead: 2 << 24).extend()
      #expect(try partitions(database) == more)
      _ = try await server.journal.createNote("a")
      #expect(try strays(database) == 0)
    }
  }

  @Test("writes that no partition was made for are kept, read, and moved to one")
  func safetyNet() async throws {
    let database = try TestDatabase(.notes)
    let server = try TestServer(database.url)
    try database.connect().query("SELECT setval('journal_position', $1)", [Int64(60_000_000)])
    try await server.loop.run { () async throws in
      for id in ["a", "b", "c"] { _ = try await server.journal.createNote(id) }
      #expect(try strays(database) == 3)
      try await maintenance(server, size: 1 << 24, ahead: 0).extend()
      #expect(try strays(database) == 0)
      try server.journal.start()
      let feed = try await server.journal.changes.watch(.default, from: .oldest, on: server.loop)
      #expect(try await feed.take(rows: 3).map(\.id) == ["a", "b", "c"])
    }
    await server.stop()
  }

  @Test("servers that make partitions at the same time do not get into each other's way")
  func concurrent() async throws {
    try await withServer { server, database in
      try database.connect().query("SELECT setval('journal_position', $1)", [Int64(200_000_000)])
      let maintenance = maintenance(server, size: 1 << 24, ahead: 4 << 24)
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 { group.addTask { try await maintenance.extend() } }
        try await group.waitForAll()
      }
      #expect(try partitions(database).count == 17)
    }
  }

  @Test("an idle journal asks the database a few times a second")
  func idle() async throws {
    try await withServer { server, database in
      try await eventually("settled") { server.journal.status.settled == 0 }
      // What prunes looks once when it starts, and then once a minute.
      try await eventually("it has looked") {
        try database.connect().query("SELECT count(*) FROM journal_duty").only().decode(0, as: Int64.self)
          == 1
      }
      let began = Instant.now
      let before = await server.pool.statistics().roundTrips
      try await server.loop.sleep(for: .milliseconds(1500))
      let after = await server.pool.statistics().roundTrips
      let seconds = Double((Instant.now - began).saturatedNanoseconds) / 1e9
      #expect(Double(after - before) <= 4 * seconds + 4)
    }
  }
}
