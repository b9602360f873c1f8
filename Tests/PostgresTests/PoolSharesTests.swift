import Patience
import TestSupport
import Testing

@testable import Postgres

@Suite("Pool: what each kind of work may take")
struct PoolSharesTests {
  @Test("long reads wait for their turns while everything else goes on")
  func longReads() async throws {
    try await TestDatabase.withPool("CREATE TABLE item (id int8)", loops: 2) {
      $0.maximumConnections = 8
      $0.acquireTimeout = .seconds(60)
    } _: { pool, database in
      let admin = try database.connect()
      let naps = (0..<40).map { _ in Task { try await pool.query(.nap, [30.0]) } }
      try await eventually("long reads run") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 2
      }
      let insert = Statement("insert", "INSERT INTO item VALUES ($1)")
      for number in 0..<20 {
        _ = try await pool.lookup(.one, [])
        _ = try await pool.read(.one)
        _ = try await pool.upkeep(.one, [])
        _ = try await pool.groupWrite(insert, [number], group: WriteGroup("1"))
      }
      #expect(try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 2)
      for nap in naps { nap.cancel() }
      for nap in naps { _ = try? await nap.value }
      _ = try await pool.query(.one)
    }
  }

  @Test("look-ups have one plan for any number of keys; other statements have the server's choice")
  func plans() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.maximumConnections = 8
    } _: { pool, _ in
      let mode = Statement("mode", "SHOW plan_cache_mode")
      let lookup = try await pool.lookup(mode, []).only().decode(0, as: String.self)
      let read = try await pool.read(mode).only().decode(0, as: String.self)
      #expect(lookup == "force_generic_plan" && read == "auto")
    }
  }

  @Test("a long read waits for as long as turns keep coming")
  func patience() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.maximumConnections = 4
      $0.acquireTimeout = .seconds(2)
    } _: { pool, _ in
      // One at a time: the last one waits longer than anybody waits in vain.
      let naps = (0..<8).map { _ in Task { try await pool.query(.nap, [0.5]) } }
      for nap in naps { _ = try await nap.value }
      let stuck = Task { try await pool.query(.nap, [60.0]) }
      try await eventually("the turn is taken") { await pool.statistics().active == 1 }
      let error = await #expect(throws: PostgresError.self) { try await pool.query(.one) }
      #expect(error?.isPoolExhausted == true)
      stuck.cancel()
      _ = try? await stuck.value
      _ = try await pool.query(.one)
    }
  }

  @Test("the writes of one project wait for their turns while those of others go on")
  func writesOfProject() async throws {
    try await TestDatabase.withPool("CREATE TABLE item (id int8)", loops: 2) {
      $0.maximumConnections = 8
      $0.acquireTimeout = .seconds(60)
    } _: { pool, database in
      let admin = try database.connect()
      let busy = WriteGroup("busy")
      let naps = (0..<40).map { number in
        Task {
          if number % 2 == 0 { return try await pool.write(.nap, [30.0], group: busy) }
          return try await pool.transaction(.repeatable(busy)) { tx throws(PostgresError) in
            try await tx.query(.nap, [30.0])
          }
        }
      }
      try await eventually("writes of the project run") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 2
      }
      let insert = Statement("insert", "INSERT INTO item VALUES ($1)")
      for number in 0..<20 {
        _ = try await pool.write(insert, [number], group: WriteGroup("other \(number % 3)"))
        _ = try await pool.query(.one)
        try await pool.transaction(.repeatable(WriteGroup("another"))) { tx throws(PostgresError) in
          try await tx.query(insert, [number])
        }
      }
      #expect(try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 2)
      for nap in naps { nap.cancel() }
      for nap in naps { _ = try? await nap.value }
      _ = try await pool.write(insert, [0], group: busy)
    }
  }

  @Test("look-ups and upkeep have connections while all others are taken")
  func reserved() async throws {
    try await TestDatabase.withPool(loops: 2) {
      $0.maximumConnections = 8
      // Long enough for five connections to open on a busy machine.
      $0.acquireTimeout = .seconds(3)
    } _: { pool, database in
      let admin = try database.connect()
      let naps = (0..<5).map { _ in Task { try await pool.write(.nap, [30.0]) } }
      try await eventually("everything is taken") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 5
      }
      let error = await #expect(throws: PostgresError.self) { try await pool.read(.one) }
      #expect(error?.isPoolExhausted == true)
      for _ in 0..<20 {
        _ = try await pool.lookup(.one, [])
        _ = try await pool.upkeep(.one, [])
      }
      for nap in naps { nap.cancel() }
      for nap in naps { _ = try? await nap.value }
    }
  }
}
