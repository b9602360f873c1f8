import Patience
import TestSupport
import Testing

@testable import Postgres

@Suite("Pool: cancelling")
struct PoolCancellationTests {
  @Test("a cancelled query is gone from the server, and its connection is used again")
  func cancelledQuery() async throws {
    try await TestDatabase.withPool {
      $0.maximumConnections = 1
    } _: { pool, database in
      let admin = try database.connect()
      let pid: Int64 = try await pool.value(.backend)
      let task = Task { try await pool.query(.nap, [30.0]) }
      try await eventually("the query runs") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 1
      }
      let began = ContinuousClock.now
      task.cancel()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.isCancelled == true)
      #expect(ContinuousClock.now - began < .seconds(5 * patience))
      let found1 = try admin.query(TestDatabase.runningNaps).value(as: Int64.self)
      #expect(found1 == 0)
      let after: Int64 = try await pool.value(.backend)
      #expect(after == pid)
    }
  }

  @Test("a cancelled transaction is rolled back and its statement cancelled")
  func cancelledTransaction() async throws {
    try await TestDatabase.withPool("CREATE TABLE item (id int8)") { pool, database in
      let admin = try database.connect()
      let insert = Statement("insert", "INSERT INTO item VALUES ($1)")
      let task = Task {
        try await pool.transaction { tx throws(PostgresError) in
          try await tx.query(insert, [1])
          try await tx.query(.nap, [30.0])
        }
      }
      try await eventually("the statement runs") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 1
      }
      task.cancel()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.isCancelled == true)
      let found2 = try admin.query("SELECT count(*) FROM item").value(as: Int64.self)
      #expect(found2 == 0)
      #expect(
        try admin.query(
          "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
        )
        .value(as: Int64.self) == 0)
    }
  }

  @Test("cancelling in a storm leaves no statement behind and no connection unusable")
  func cancelStorm() async throws {
    try await TestDatabase.withPool {
      $0.maximumConnections = 4
    } _: { pool, database in
      let began = ContinuousClock.now
      let tasks = (0..<100).map { number in
        Task { try await pool.query(.nap, [number % 3 == 0 ? 0.001 : 20 * patience]) }
      }
      for (number, task) in tasks.enumerated() {
        if number % 7 == 0 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
      }
      for task in tasks { _ = try? await task.value }
      // No nap went on to its end because the request to cancel it came first.
      #expect(ContinuousClock.now - began < .seconds(15 * patience))
      for _ in 0..<20 { _ = try await pool.query(.one) }
      let statistics = await pool.statistics()
      #expect(statistics.active == 0 && statistics.pending == 0)
      let admin = try database.connect()
      let found3 = try admin.query(TestDatabase.runningNaps).value(as: Int64.self)
      #expect(found3 == 0)
    }
  }

  @Test("whoever is cancelled while waiting for a connection stops waiting")
  func cancelledWaiter() async throws {
    try await TestDatabase.withPool {
      $0.maximumConnections = 1
      $0.acquireTimeout = .seconds(60)
    } _: { pool, _ in
      let holder = Task { try await pool.query(.nap, [25.0]) }
      try await eventually("the connection is lent") { await pool.statistics().active == 1 }
      let waiter = Task { try await pool.query(.one) }
      try await eventually("somebody waits") { await pool.statistics().pending == 1 }
      waiter.cancel()
      let error = await #expect(throws: PostgresError.self) { try await waiter.value }
      #expect(error?.isCancelled == true)
      holder.cancel()
      _ = try? await holder.value
      _ = try await pool.query(.one)
    }
  }

  @Test("a look-up that outlives its caller is cancelled, and those behind it are answered")
  func abandonedLookup() async throws {
    try await TestDatabase.withPool(loops: 1) { pool, database in
      let admin = try database.connect()
      let nap = Task { try await pool.lookup(.nap, [60.0]) }
      try await eventually("the look-up runs") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 1
      }
      async let behind = pool.lookup(.one, [])
      nap.cancel()
      let found = try await behind
      #expect(found.count == 1)
      let error = await #expect(throws: PostgresError.self) { try await nap.value }
      #expect(error?.isCancelled == true || error?.sqlState == .queryCanceled)
      let statistics = await pool.statistics()
      #expect(statistics.failed == 0)
    }
  }

  @Test("a write that outlives its callers is cancelled and leaves nothing", arguments: [true, false])
  func abandonedWrite(isGrouped: Bool) async throws {
    try await TestDatabase.withPool("CREATE TABLE item (id int8)", loops: 1) { pool, database in
      let admin = try database.connect()
      let slow = Statement("slow", "INSERT INTO item SELECT $1::int8 FROM pg_sleep(60)")
      let task = Task {
        isGrouped
          ? try await pool.groupWrite(slow, [1], group: WriteGroup("1")) : try await pool.write(slow, [1])
      }
      try await eventually("the write runs") { try admin.query(Self.runningInserts).count == 1 }
      task.cancel()
      try await eventually("the write is gone") { try admin.query(Self.runningInserts).count == 0 }
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.isCancelled == true || error?.sqlState == .queryCanceled)
      let insert = Statement("insert", "INSERT INTO item VALUES ($1)")
      _ = try await pool.groupWrite(insert, [2], group: WriteGroup("1"))
      let stored = try admin.query("SELECT min(id) FROM item").value(as: Int64.self)
      #expect(stored == 2)
    }
  }

  private static let runningInserts =
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'INSERT INTO item SELECT%' AND state = 'active' AND datname = current_database()"
}
