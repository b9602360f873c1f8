import EventLoop
import TestSupport
import Testing

@testable import Postgres

private let schema = "CREATE TABLE item (id int8 PRIMARY KEY, body int8 NOT NULL DEFAULT 0)"
private let insert = Statement("insert", "INSERT INTO item (id) VALUES ($1)")
private let bump = Statement("bump", "UPDATE item SET body = body + 1 WHERE id = $1 RETURNING body")
private let read = Statement("read", "SELECT body FROM item WHERE id = $1")
private let store = Statement("store", "UPDATE item SET body = $2 WHERE id = $1")
private let count = Statement("count", "SELECT count(*) FROM item")
private let setting = Statement("setting", "SELECT current_setting($1)")
private let nap = Statement("nap", "SELECT pg_sleep($1::float8)::text")
private let die = Statement("die", "SELECT pg_terminate_backend(pg_backend_pid())")

private struct Refusal: PostgresErrorConvertible, Equatable {
  var cause: String
  init(_ error: PostgresError) { cause = error.message }
  init(cause: String) { self.cause = cause }
}

@Suite("Transactions")
struct TransactionTests {
  private func counted(_ pool: PostgresPool) async throws -> Int64 {
    try await pool.value(count, as: Int64.self)
  }

  @Test("what the body throws rolls everything back and reaches the caller as it is")
  func rollback() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      let error = await #expect(throws: Refusal.self) {
        try await pool.transaction { (tx) async throws(Refusal) in
          do throws(PostgresError) { try await tx.query(insert, [1]) } catch { throw Refusal(error) }
          throw Refusal(cause: "no")
        }
      }
      #expect(error == Refusal(cause: "no"))
      let found1 = try await counted(pool)
      #expect(found1 == 0)
      try await pool.transaction { tx throws(PostgresError) in try await tx.query(insert, [1]) }
      let found2 = try await counted(pool)
      #expect(found2 == 1)
    }
  }

  @Test("a failing statement fails the transaction, also when the body swallows the error")
  func failedStatement() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try await tx.query(insert, [1])
          _ = try? await tx.query(insert, [1])
        }
      }
      #expect(error?.isUniqueViolation() == true)
      let found3 = try await counted(pool)
      #expect(found3 == 0)
    }
  }

  @Test("a pipeline is one round trip, and its first error is the one that is thrown")
  func pipeline() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      let trips = try await pool.transaction { tx throws(PostgresError) in
        try await tx.pipeline([insert.bind([1]), insert.bind([2]), bump.bind([1])])
        #expect(tx.roundTrips == 1)
        try await tx.commit([bump.bind([2])])
        return tx.roundTrips
      }
      #expect(trips == 2)
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try await tx.pipeline([insert.bind([3]), insert.bind([1]), insert.bind([4])])
        }
      }
      #expect(error?.isUniqueViolation() == true)
      let found4 = try await counted(pool)
      #expect(found4 == 2)
    }
  }

  @Test("several statements and the commit fit in one round trip")
  func single() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      let trips = try await pool.transaction { tx throws(PostgresError) in
        let results = try await tx.commit([insert.bind([1]), bump.bind([1])])
        #expect(try results[1].only().decode(0, as: Int64.self) == 1)
        return tx.roundTrips
      }
      #expect(trips == 1)
      let found5 = try await counted(pool)
      #expect(found5 == 1)
    }
  }

  @Test("a body that runs nothing costs nothing")
  func empty() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      let found6 = try await pool.transaction { tx throws(PostgresError) in tx.roundTrips }
      #expect(found6 == 0)
    }
  }

  @Test("nothing runs after the commit")
  func afterCommit() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try await tx.commit([insert.bind([1])])
          try await tx.query(insert, [2])
        }
      }
      let found7 = try await counted(pool)
      #expect(found7 == 1)
    }
  }

  @Test("serialization failures are retried until each has counted")
  func serialization() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      _ = try await pool.write(insert, [1])
      let options = TransactionOptions(isolation: .serializable, isRepeatable: true, attempts: 100)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await pool.transaction(options) { tx throws(PostgresError) in
              let body = try await tx.query(read, [1]).only().decode(0, as: Int64.self)
              try await tx.query(store, [1, body + 1])
            }
          }
        }
        try await group.waitForAll()
      }
      let found8 = try await pool.looked(read, [1], as: Int64.self)
      #expect(found8 == 8)
    }
  }

  @Test("deadlocks are retried when the body may be repeated")
  func deadlock() async throws {
    try await TestDatabase.withPool(schema) { pool, database in
      try database.connect().execute("ALTER DATABASE \(database.name) SET deadlock_timeout = '20ms'")
      for id in [1, 2] { _ = try await pool.write(insert, [id]) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for order in [[1, 2], [2, 1], [1, 2], [2, 1]] {
          group.addTask {
            try await pool.transaction(.repeatable) { tx throws(PostgresError) in
              for id in order {
                try await tx.query(bump, [id])
                try await tx.query(nap, [0.02])
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let found9 = try await pool.looked(read, [1], as: Int64.self)
      #expect(found9 == 4)
    }
  }

  @Test("a connection lost in the body is an error, or a second attempt when that is allowed")
  func lostConnection() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try await tx.query(insert, [1])
          try await tx.query(die)
        }
      }
      #expect(error?.kind == .connectionLost && error?.isConnectionFailure == true)
      let attempts = Attempts()
      try await pool.transaction(.repeatable) { tx throws(PostgresError) in
        try await tx.query(insert, [2])
        if attempts.next() == 1 { try await tx.query(die) }
      }
      #expect(attempts.count == 2)
      let found10 = try await counted(pool)
      #expect(found10 == 1)
    }
  }

  @Test("a connection lost during the commit leaves the outcome unknown, and is not retried")
  func lostCommit() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      let attempts = Attempts()
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(.repeatable) { tx throws(PostgresError) in
          _ = attempts.next()
          try await tx.commit([insert.bind([1]), die.bind([])])
        }
      }
      #expect(error?.kind == .outcomeUnknown)
      #expect(attempts.count == 1)
    }
  }

  @Test("timeouts hold for the transaction that asks for them and for no other")
  func timeouts() async throws {
    try await TestDatabase.withPool(schema) {
      $0.maximumConnections = 1
    } _: { pool, _ in
      let options = TransactionOptions(statementTimeout: .milliseconds(30), lockTimeout: .seconds(7))
      let inside = try await pool.transaction(options) { tx throws(PostgresError) in
        try await tx.query(setting, ["lock_timeout"]).only().decode(0, as: String.self)
      }
      #expect(inside == "7s")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(options) { tx throws(PostgresError) in try await tx.query(nap, [10.0]) }
      }
      #expect(error?.isStatementTimeout == true)
      for (name, value) in [("statement_timeout", "30s"), ("lock_timeout", "1s")] {
        let found11 = try await pool.looked(setting, [name], as: String.self)
        #expect(found11 == value)
      }
      await #expect(throws: PostgresError.self) {
        try await pool.query(nap, [10.0], timeout: .milliseconds(30))
      }
      let found12 = try await pool.looked(setting, ["statement_timeout"], as: String.self)
      #expect(found12 == "30s")
    }
  }

  @Test("a lock that is not given in time is an error of its own")
  func lockTimeout() async throws {
    try await TestDatabase.withPool(schema) {
      $0.lockTimeout = .milliseconds(30)
    } _: { pool, database in
      _ = try await pool.write(insert, [1])
      let admin = try database.connect()
      try admin.execute("BEGIN; UPDATE item SET body = 9")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in try await tx.query(bump, [1]) }
      }
      #expect(error?.isLockTimeout == true)
    }
  }

  @Test("a read-only transaction refuses writes, and a snapshot stays as it was")
  func snapshot() async throws {
    try await TestDatabase.withPool(schema) { pool, _ in
      await #expect(throws: PostgresError.self) {
        try await pool.transaction(.snapshot) { tx throws(PostgresError) in try await tx.query(insert, [1]) }
      }
      let counts = try await pool.transaction(.snapshot) { tx throws(PostgresError) in
        let first = try await tx.query(count).only().decode(0, as: Int64.self)
        _ = try await pool.write(insert, [1])
        return [first, try await tx.query(count).only().decode(0, as: Int64.self)]
      }
      #expect(counts == [0, 0])
    }
  }
}

/// Counts how often a body ran.
private final class Attempts: @unchecked Sendable {
  private(set) var count = 0
  func next() -> Int {
    count += 1
    return count
  }
}
