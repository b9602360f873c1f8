import TestSupport
import Testing

@testable import Postgres

/// A function whose session remembers the type of a column.
private let schema = """
  CREATE TABLE item (id int8, size int4);
  INSERT INTO item VALUES (1, 7);
  CREATE FUNCTION sized() RETURNS int8 LANGUAGE plpgsql AS $$
  DECLARE found record;
  BEGIN
    SELECT size INTO found FROM item WHERE id = 1;
    RETURN found.size + 1;
  END $$;
  """
private let sized = Statement("sized", "SELECT sized()")

@Suite("Sessions whose plans no longer fit")
struct StaleSessionTests {
  enum Way: CaseIterable { case lookup, query, write, groupWrite, transaction }

  @Test("are left, and the statement is run in another one", arguments: Way.allCases)
  func changedType(way: Way) async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, database in
      let admin = try database.connect()
      #expect(try await run(way, pool) == 8)
      try admin.execute("ALTER TABLE item ALTER COLUMN size TYPE int8")
      #expect(try await run(way, pool) == 8)
      #expect(try await run(way, pool) == 8)
      let statistics = await pool.statistics()
      #expect(statistics.destroyed >= 1)
    }
  }

  @Test("a statement that is wrong by itself is refused in the end")
  func wrong() async throws {
    try await TestDatabase.withPool(schema, loops: 1) { pool, _ in
      let wrong = Statement("wrong", "INSERT INTO item (id) SELECT 'x'::text")
      for _ in 0..<3 {
        let error = await #expect(throws: PostgresError.self) { try await pool.write(wrong, []) }
        #expect(error?.sqlState == .datatypeMismatch)
      }
      _ = try await pool.write(.one, [])
    }
  }

  private func run(_ way: Way, _ pool: PostgresPool) async throws -> Int64 {
    let rows =
      switch way {
      case .lookup: try await pool.lookup(sized, [])
      case .query: try await pool.query(sized)
      case .write: try await pool.write(sized, [])
      case .groupWrite: try await pool.groupWrite(sized, [], group: WriteGroup("1"))
      case .transaction:
        try await pool.transaction(.repeatable) { tx throws(PostgresError) in
          try await tx.commit([sized.bind([])])[0]
        }
      }
    return try rows.only().decode(0)
  }
}
