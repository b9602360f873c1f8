import EventLoop
import Patience
import TestSupport
import Testing

@testable import Postgres

@Suite("Pool: closing")
struct PoolClosingTests {
  @Test("closing rejects those who wait and lets what runs finish")
  func closing() async throws {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    var configuration = PoolConfiguration()
    configuration.maximumConnections = 1
    configuration.acquireTimeout = .seconds(60)
    let pool = try PostgresPool(
      url: database.url, loops: group.loops, blocking: BlockingPool(), configuration: configuration)
    let admin = try database.connect()
    try admin.execute("SELECT pg_advisory_lock(5, 5)")
    let running = Task { try await pool.query(.held) }
    try await eventually("the connection is lent") { await pool.statistics().active == 1 }
    let waiting = Task { try await pool.query(.one) }
    try await eventually("somebody waits") { await pool.statistics().pending == 1 }
    let closing = Task { await pool.close() }
    let error = await #expect(throws: PostgresError.self) { try await waiting.value }
    #expect(error?.kind == .poolClosed)
    try admin.execute("SELECT pg_advisory_unlock(5, 5)")
    _ = try await running.value
    await closing.value
    let late = await #expect(throws: PostgresError.self) { try await pool.lookup(.one, []) }
    #expect(late?.kind == .poolClosed)
    let statistics = await pool.statistics()
    #expect(statistics.total == 0)
  }

  @Test("closing breaks off what takes too long")
  func closingInTime() async throws {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let pool = try PostgresPool(url: database.url, loops: group.loops, blocking: BlockingPool())
    let running = Task { try await pool.query(.nap, [60.0]) }
    try await eventually("the connection is lent") { await pool.statistics().active == 1 }
    await pool.close(within: .milliseconds(50))
    let error = await #expect(throws: PostgresError.self) { try await running.value }
    #expect(error?.kind == .connectionLost)
  }
}
