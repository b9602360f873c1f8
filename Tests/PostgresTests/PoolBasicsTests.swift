import EventLoop
import Postgres
import TestSupport
import Testing

private let one = Statement("one", "SELECT $1::int8 + 1")
private let insert = Statement("insert", "INSERT INTO item (id, body) VALUES ($1, $2) RETURNING id")
private let find = Statement("find", "SELECT id, body FROM item WHERE id = $1")
private let schema = "CREATE TABLE item (id int8 PRIMARY KEY, body text NOT NULL)"

@Suite("Pool basics")
struct PoolBasicsTests {
  @Test("a look-up, a query, a write, a grouped write and a transaction answer")
  func smoke() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      #expect(try await pool.looked(one, [41], as: Int64.self) == 42)
      #expect(try await pool.value(one, [1], as: Int64.self) == 2)
      _ = try await pool.write(insert, [1, "a"])
      _ = try await pool.groupWrite(insert, [2, "b"], group: WriteGroup("1"))
      let trips = try await pool.transaction { tx throws(PostgresError) in
        try await tx.query(insert, [3, "c"])
        let rows = try await tx.pipeline([find.bind([1]), find.bind([2]), find.bind([3])])
        #expect(
          try rows.map { rows throws(PostgresError) in try rows.only().decode(1, as: String.self) } == [
            "a", "b", "c",
          ])
        try await tx.commit([insert.bind([4, "d"])])
        return tx.roundTrips
      }
      #expect(trips == 3)
      #expect(try await pool.lookup(find, [4]).only().decode(1, as: String.self) == "d")
    }
  }
}
