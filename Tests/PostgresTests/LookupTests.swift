import EventLoop
import Patience
import TestSupport
import Testing

@testable import Postgres

private let double = Statement("double", "SELECT $1::int8 * 2")
private let divide = Statement("divide", "SELECT 100 / $1::int8")
private let broken = Statement("broken", "SELECT nothing FROM nowhere")
private let star = Statement("star", "SELECT * FROM item ORDER BY 1 LIMIT 1")
private let backend = Statement("backend", "SELECT pg_backend_pid()::int8")
private let nap = Statement("nap", "SELECT pg_sleep($1::float8)::text")

@Suite("Look-ups")
struct LookupTests {
  @Test("look-ups of one turn share a connection and few round trips")
  func sharing() async throws {
    try await TestDatabase.withPool(loops: 1) { pool, _ in
      _ = try await pool.lookup(double, [1])
      let before = await pool.statistics()
      let sum = try await doubles(1...200, on: pool)
      #expect(sum == 200 * 201)
      let after = await pool.statistics()
      #expect(after.roundTrips - before.roundTrips < 100)
      #expect(after.total <= 2)
    }
  }

  @Test("one look-up that fails does not touch its neighbours")
  func failingNeighbour() async throws {
    try await TestDatabase.withPool(loops: 1) { pool, _ in
      let outcomes = await withTaskGroup(of: (Int, Int64?).self) { group in
        for divisor in 0..<50 {
          group.addTask {
            let rows = try? await pool.lookup(divide, [divisor % 5])
            return (divisor % 5, try? rows?.only().decode(0, as: Int64.self))
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count == 50)
      for (divisor, result) in outcomes { #expect(result == (divisor == 0 ? nil : Int64(100 / divisor))) }
    }
  }

  @Test("a statement that cannot be prepared fails for its caller alone, with its own error")
  func failingPrepare() async throws {
    try await TestDatabase.withPool(loops: 1) { pool, _ in
      async let good = doubles(1...20, on: pool)
      let errors = await withTaskGroup(of: PostgresError?.self) { group in
        for _ in 0..<10 {
          group.addTask {
            do throws(PostgresError) {
              _ = try await pool.lookup(broken, [])
              return nil
            } catch { return error }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(errors.count == 10 && errors.allSatisfy { $0?.sqlState == .undefinedTable })
      let sum = try await good
      #expect(sum == 420)
    }
  }

  @Test("a parameter that cannot be sent fails its own look-up only")
  func badParameter() async throws {
    try await TestDatabase.withPool(loops: 1) { pool, _ in
      let text = Statement("text", "SELECT $1::text")
      async let good = pool.lookup(text, ["fine"])
      let error = await #expect(throws: PostgresError.self) { try await pool.lookup(text, ["a\0"]) }
      #expect(error?.kind == .invalidParameter)
      let rows = try await good
      #expect(try rows.only().decode(0, as: String.self) == "fine")
    }
  }

  @Test("a table that changes under a prepared statement is no error")
  func changedTable() async throws {
    try await TestDatabase.withPool("CREATE TABLE item (id int8); INSERT INTO item VALUES (1)", loops: 1) {
      pool, database in
      let found1 = try await pool.lookup(star, []).columnCount
      #expect(found1 == 1)
      try database.connect().execute("ALTER TABLE item ADD COLUMN body text")
      let found2 = try await pool.lookup(star, []).columnCount
      #expect(found2 == 2)
      try database.connect().execute("ALTER TABLE item ADD COLUMN more text")
      let found3 = try await pool.query(star).columnCount
      #expect(found3 == 3)
      let found4 = try await pool.lookup(star, []).columnCount
      #expect(found4 == 3)
    }
  }

  @Test("a prepared statement that the server lost is prepared again")
  func lostStatement() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.maximumConnections = 1
    } _: { pool, _ in
      _ = try await pool.lookup(double, [1])
      _ = try await pool.query(Statement("drop_plans", "DEALLOCATE ALL"))
      let found5 = try await doubles(1...10, on: pool)
      #expect(found5 == 110)
    }
  }

  @Test("look-ups under way when their backend is killed are answered by another one")
  func killedBackend() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.minimumConnections = 1
    } _: { pool, database in
      let pid = try await pool.looked(backend, [], as: Int64.self)
      let admin = try database.connect()
      async let slow = pool.lookup(nap, [1.0])
      async let behind = doubles(1...20, on: pool)
      try await eventually("the look-up runs") {
        try admin.query(
          "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state = 'active'", [Int32(pid)]
        ).count == 1
      }
      try admin.query("SELECT pg_terminate_backend($1)", [Int32(pid)])
      _ = try await slow
      let sum = try await behind
      #expect(sum == 420)
      let statistics = await pool.statistics()
      #expect(statistics.failed == 1)
    }
  }

  @Test("more look-ups than a connection takes at once are all answered")
  func depth() async throws {
    try await TestDatabase.withPool(loops: 2) {
      $0.lookupDepth = 8
    } _: { pool, _ in
      let found6 = try await doubles(1...2000, on: pool)
      #expect(found6 == 2000 * 2001)
    }
  }

  @Test("statements without preparation work as well, for PgBouncer")
  func unprepared() async throws {
    try await TestDatabase.withPool("CREATE TABLE item (id int8)") {
      $0.prepareStatements = false
    } _: {
      pool, database in
      let found7 = try await doubles(1...100, on: pool)
      #expect(found7 == 10100)
      let insert = Statement("insert", "INSERT INTO item VALUES ($1)")
      _ = try await pool.groupWrite(insert, [1], group: WriteGroup("1"))
      try await pool.transaction { tx throws(PostgresError) in try await tx.query(insert, [2]) }
      let admin = try database.connect()
      #expect(try admin.query("SELECT count(*) FROM item").only().decode(0, as: Int64.self) == 2)
    }
  }

  private func doubles(_ numbers: ClosedRange<Int>, on pool: PostgresPool) async throws -> Int64 {
    try await withThrowingTaskGroup(of: Int64.self) { group in
      for number in numbers {
        group.addTask { try await pool.looked(double, [number], as: Int64.self) }
      }
      return try await group.reduce(0, +)
    }
  }
}
