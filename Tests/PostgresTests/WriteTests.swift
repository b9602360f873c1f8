import EventLoop
import TestSupport
import Testing

@testable import Postgres

private let schema = """
  CREATE TABLE item (
    id int8 PRIMARY KEY, body text NOT NULL, xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    parent int8 REFERENCES item DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE prologue (at timestamptz DEFAULT clock_timestamp());
  """
private let insert = Statement("insert", "INSERT INTO item (id, body) VALUES ($1, $2) RETURNING id")
private let child = Statement("child", "INSERT INTO item (id, body, parent) VALUES ($1, 'c', $2)")
private let count = Statement("count", "SELECT count(*), count(DISTINCT xid) FROM item")
private let prologue = Statement("prologue", "INSERT INTO prologue DEFAULT VALUES")
private let prologues = Statement("prologues", "SELECT count(*) FROM prologue")
private let suicide = Statement(
  "suicide", "INSERT INTO item SELECT 1000 + $1, pg_terminate_backend(pg_backend_pid())::text RETURNING id")
private let nap = Statement("nap_write", "INSERT INTO item SELECT $1, pg_sleep($2::float8)::text")

@Suite("Writes")
struct WriteTests {
  /// Runs group writes of `ids` at once and returns the error of each, if any.
  private func write(
    _ ids: some Sequence<Int> & Sendable, _ statement: Statement = insert, on pool: PostgresPool,
    prologue: BoundStatement? = nil
  ) async -> [Int: PostgresError?] {
    await withTaskGroup(of: (Int, PostgresError?).self) { group in
      for id in ids {
        group.addTask {
          do throws(PostgresError) {
            _ = try await pool.groupWrite(
              statement, [id, "body \(id)"], group: WriteGroup("1"), prologue: prologue.map { [$0] } ?? [])
            return (id, nil)
          } catch { return (id, error) }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
    }
  }

  @Test("concurrent writes share transactions, each with one prologue")
  func sharing() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      let outcomes = await write(1...300, on: pool, prologue: prologue.bind([]))
      #expect(outcomes.count == 300 && outcomes.values.allSatisfy { $0 == nil })
      let row = try await pool.query(count).only()
      #expect(try row.decode(0, as: Int64.self) == 300)
      let transactions = try row.decode(1, as: Int64.self)
      #expect(transactions < 100)
      let found1 = try await pool.value(prologues, as: Int64.self)
      #expect(found1 == transactions)
    }
  }

  @Test("the writes of a batch are run in the order that they ask for")
  func order() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      await withTaskGroup(of: Void.self) { group in
        for id in 1...200 {
          group.addTask {
            _ = try? await pool.groupWrite(
              insert, [id, "x"], group: WriteGroup("1"), order: [UInt8(255 - id)])
          }
        }
      }
      // Of each transaction, the ids in the order in which they were stored.
      let wrong = Statement(
        "wrong",
        """
        SELECT count(*) FILTER (WHERE id > before), count(DISTINCT xid) FROM (
          SELECT id, xid, lag(id) OVER (PARTITION BY xid ORDER BY ctid) AS before FROM item
        ) AS item
        """)
      let row = try await pool.query(wrong).only()
      #expect(try row.decode(0, as: Int64.self) == 0)
      #expect(try row.decode(1, as: Int64.self) < 100)
    }
  }

  @Test("a failing write fails alone: all others of its batch are committed, once")
  func failingMember() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      _ = try await pool.write(insert, [50, "was first"])
      let outcomes = await write(1...100, on: pool, prologue: prologue.bind([]))
      for (id, error) in outcomes {
        if id == 50 {
          #expect(error?.isUniqueViolation("item_pkey") == true)
        } else {
          #expect(error == nil)
        }
      }
      let found2 = try await pool.value(count, as: Int64.self)
      #expect(found2 == 100)
    }
  }

  @Test("a write that only the commit refuses is not acknowledged, and its neighbours are")
  func failingCommit() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      async let others = write(2...30, on: pool)
      let error = await #expect(throws: PostgresError.self) {
        try await pool.groupWrite(child, [1, 999], group: WriteGroup("1"))
      }
      #expect(error?.isForeignKeyViolation() == true)
      let outcomes = await others
      #expect(outcomes.values.allSatisfy { $0 == nil })
      let found3 = try await pool.value(count, as: Int64.self)
      #expect(found3 == 29)
      let alone = await #expect(throws: PostgresError.self) { try await pool.write(child, [1, 999]) }
      #expect(alone?.isForeignKeyViolation() == true)
    }
  }

  @Test("a prologue that fails is the error of every write")
  func failingPrologue() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      let bad = Statement("bad_prologue", "SELECT 1 / $1::int8")
      let outcomes = await write(1...10, on: pool, prologue: bad.bind([0]))
      #expect(outcomes.values.allSatisfy { $0?.sqlState == "22012" })
      let found4 = try await pool.value(count, as: Int64.self)
      #expect(found4 == 0)
    }
  }

  @Test("a connection that dies under a batch leaves its outcome unknown, and nothing is run twice")
  func unknownOutcome() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.groupWrite(suicide, [1], group: WriteGroup("1"))
      }
      #expect(error?.kind == .outcomeUnknown)
      let alone = await #expect(throws: PostgresError.self) { try await pool.write(suicide, [2]) }
      #expect(alone?.kind == .outcomeUnknown)
      let found5 = try await pool.value(count, as: Int64.self)
      #expect(found5 == 0)
      _ = try await pool.write(insert, [3, "after"])
    }
  }

  @Test("groups do not wait for each other")
  func groups() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, database in
      let admin = try database.connect()
      try admin.execute("BEGIN; SELECT pg_advisory_xact_lock(7, 7)")
      let waiting = Statement("waiting", "SELECT pg_advisory_xact_lock_shared(7, 7)")
      async let blocked = pool.groupWrite(
        insert, [1, "x"], group: WriteGroup("1"), prologue: [waiting.bind([])])
      _ = try await pool.groupWrite(insert, [2, "y"], group: WriteGroup("2"))
      try admin.execute("COMMIT")
      _ = try await blocked
    }
  }

  @Test("batches are bounded in number and in bytes, and large writes get through")
  func bounds() async throws {
    try await TestDatabase.withPool(schema, loops: 1) {
      $0.writeBatchSize = 10
      $0.writeBatchBytes = 10_000
    } _: { pool, _ in
      let outcomes = await write(1...100, on: pool)
      #expect(outcomes.values.allSatisfy { $0 == nil })
      let found6 = try await pool.query(count).only().decode(1, as: Int64.self)
      #expect(found6 >= 10)
      let large = String(repeating: "x", count: 3_000_000)
      _ = try await pool.groupWrite(insert, [1000, large], group: WriteGroup("1"))
    }
  }

  @Test("a write that cannot be encoded does not reach the database, its neighbours do")
  func badParameter() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      async let others = write(1...20, on: pool)
      let error = await #expect(throws: PostgresError.self) {
        try await pool.groupWrite(insert, [100, "a\0b"], group: WriteGroup("1"))
      }
      #expect(error?.kind == .invalidParameter)
      let outcomes = await others
      #expect(outcomes.values.allSatisfy { $0 == nil })
      let found7 = try await pool.value(count, as: Int64.self)
      #expect(found7 == 20)
    }
  }

  @Test("a write beyond its time is cancelled by the server")
  func timeout() async throws {
    try await TestDatabase.withPool(schema, loops: 1) {
      $0.writeTimeout = .milliseconds(50)
    } _: { pool, _ in
      let error = await #expect(throws: PostgresError.self) { try await pool.write(nap, [1, 30.0]) }
      #expect(error?.isStatementTimeout == true)
      let found8 = try await pool.value(Statement("timeout", "SHOW statement_timeout"), as: String.self)
      #expect(found8 == "30s")
    }
  }
}
