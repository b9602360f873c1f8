import Patience
import TestSupport
import Testing

@testable import Postgres

@Suite("Pool: connections come and go")
struct PoolLifetimeTests {
  @Test("idle connections are closed down to the minimum, which is kept")
  func reaping() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.minimumConnections = 2
      $0.idleTimeout = .milliseconds(200)
    } _: { pool, database in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<6 { group.addTask { _ = try? await pool.query(.nap, [0.1]) } }
      }
      let admin = try database.connect()
      try await eventually("two are left") { try database.connections(admin) == 2 }
      let statistics = await pool.statistics()
      #expect(statistics.total == 2 && statistics.destroyed == 5 && statistics.created == 7)
    }
  }

  @Test("a killed idle backend is replaced, and nobody notices")
  func killedBackend() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.minimumConnections = 1
    } _: { pool, database in
      let pid: Int64 = try await pool.value(.backend)
      let admin = try database.connect()
      try admin.query("SELECT pg_terminate_backend($1)", [Int32(pid)])
      try await eventually("another backend") { try await pool.value(.backend) != pid }
      let statistics = await pool.statistics()
      #expect(statistics.failed == 1 && statistics.created >= 2)
    }
  }

  @Test("an idle connection is asked for a sign of life")
  func healthCheck() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.minimumConnections = 1
      $0.healthCheckInterval = .milliseconds(50)
    } _: { pool, _ in
      _ = try await pool.query(.one)
      let before = await pool.statistics()
      try await eventually("round trips that nobody asked for") {
        await pool.statistics().roundTrips > before.roundTrips + 2
      }
      let after = await pool.statistics()
      #expect(after.failed == 0 && after.total == 2)
    }
  }

  @Test("connections wear out by use and by age")
  func lifetime() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.maximumUses = 5
      $0.minimumConnections = 1
    } _: { pool, _ in
      for _ in 0..<20 { _ = try await pool.query(.one) }
      let statistics = await pool.statistics()
      #expect(statistics.created >= 4 && statistics.failed == 0)
    }
  }
}
