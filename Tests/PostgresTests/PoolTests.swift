import EventLoop
import Patience
import Synchronization
import Testing

@testable import Postgres

private let nap = Statement("nap", "SELECT pg_sleep($1::float8)::text")
private let held = Statement("held", "SELECT pg_advisory_xact_lock(5, 5)::text")
private let one = Statement("one", "SELECT 1::int8")
private let backend = Statement("backend", "SELECT pg_backend_pid()::int8")
private let running =
  "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()"

@Suite("Pool")
struct PoolTests {
  /// Connections of ours at the database, asked beside the pool.
  private func connections(_ database: TestDatabase, _ admin: BlockingConnection) throws -> Int64 {
    try admin.query(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      """, [database.name]
    ).value()
  }

  @Test(
    "with a maximum of two there are never more, over all loops, and waiters time out", arguments: [1, 2, 4])
  func maximum(loops: Int) async throws {
    try await TestDatabase.withPool(loops: loops) {
      $0.maximumConnections = 2
      $0.acquireTimeout = .milliseconds(300)
    } _: { pool, database in
      let admin = try database.connect()
      let watcher = Task {
        var most: Int64 = 0
        while !Task.isCancelled {
          most = max(most, try connections(database, admin))
          try? await Task.sleep(for: .milliseconds(2))
        }
        return most
      }
      let errors = await withTaskGroup(of: PostgresError?.self) { group in
        for _ in 0..<12 {
          group.addTask {
            do throws(PostgresError) {
              _ = try await pool.query(nap, [0.7])
              return nil
            } catch { return error }
          }
        }
        return await group.reduce(into: [PostgresError]()) { if let error = $1 { $0.append(error) } }
      }
      watcher.cancel()
      let most = try await watcher.value
      #expect(most == 2)
      #expect(errors.count == 10)
      #expect(errors.allSatisfy { $0.isPoolExhausted && $0.message.contains("all 2 are in use") })
    }
  }

  @Test("a connection is handed from a loop that does not need it to one that does")
  func handOver() async throws {
    try await TestDatabase.withPool(loops: 2) {
      $0.maximumConnections = 2
    } _: { pool, _ in
      // Two at a time on whatever loop: each must find a connection without waiting for long.
      for _ in 0..<40 {
        async let first = pool.query(one)
        async let second = pool.query(one)
        _ = try await (first, second)
      }
      let statistics = await pool.statistics()
      #expect(statistics.total <= 2 && statistics.timedOut == 0)
    }
  }

  @Test("look-ups, writes and queries share one single connection")
  func singleConnection() async throws {
    try await TestDatabase.withPool("CREATE TABLE item (id int8)", loops: 2) {
      $0.maximumConnections = 1
      $0.acquireTimeout = .seconds(10)
    } _: { pool, _ in
      let insert = Statement("insert", "INSERT INTO item VALUES ($1)")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<60 {
          group.addTask { _ = try await pool.lookup(one, []) }
          group.addTask { _ = try await pool.query(one) }
          group.addTask { _ = try await pool.groupWrite(insert, [number], group: WriteGroup(1)) }
          group.addTask {
            _ = try await pool.transaction { tx throws(PostgresError) in try await tx.query(one) }
          }
        }
        try await group.waitForAll()
      }
      let statistics = await pool.statistics()
      #expect(statistics.total == 1)
    }
  }

  @Test("a cancelled query is gone from the server, and its connection is used again")
  func cancelledQuery() async throws {
    try await TestDatabase.withPool {
      $0.maximumConnections = 1
    } _: { pool, database in
      let admin = try database.connect()
      let pid: Int64 = try await pool.value(backend)
      let task = Task { try await pool.query(nap, [30.0]) }
      try await eventually("the query runs") { try admin.query(running).value(as: Int64.self) == 1 }
      let began = ContinuousClock.now
      task.cancel()
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.isCancelled == true)
      #expect(ContinuousClock.now - began < .seconds(5 * patience))
      let found1 = try admin.query(running).value(as: Int64.self)
      #expect(found1 == 0)
      let after: Int64 = try await pool.value(backend)
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
          try await tx.query(nap, [30.0])
        }
      }
      try await eventually("the statement runs") { try admin.query(running).value(as: Int64.self) == 1 }
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
        Task { try await pool.query(nap, [number % 3 == 0 ? 0.001 : 20.0]) }
      }
      for (number, task) in tasks.enumerated() {
        if number % 7 == 0 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
      }
      for task in tasks { _ = try? await task.value }
      // No nap went on to its end because the request to cancel it came first.
      #expect(ContinuousClock.now - began < .seconds(15 * patience))
      for _ in 0..<20 { _ = try await pool.query(one) }
      let statistics = await pool.statistics()
      #expect(statistics.active == 0 && statistics.pending == 0)
      let admin = try database.connect()
      let found3 = try admin.query(running).value(as: Int64.self)
      #expect(found3 == 0)
    }
  }

  @Test("whoever is cancelled while waiting for a connection stops waiting")
  func cancelledWaiter() async throws {
    try await TestDatabase.withPool {
      $0.maximumConnections = 1
      $0.acquireTimeout = .seconds(60)
    } _: { pool, _ in
      let holder = Task { try await pool.query(nap, [25.0]) }
      try await eventually("the connection is lent") { await pool.statistics().active == 1 }
      let waiter = Task { try await pool.query(one) }
      try await eventually("somebody waits") { await pool.statistics().pending == 1 }
      waiter.cancel()
      let error = await #expect(throws: PostgresError.self) { try await waiter.value }
      #expect(error?.isCancelled == true)
      holder.cancel()
      _ = try? await holder.value
      _ = try await pool.query(one)
    }
  }

  @Test("idle connections are closed down to the minimum, which is kept")
  func reaping() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.minimumConnections = 2
      $0.idleTimeout = .milliseconds(200)
    } _: { pool, database in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<6 { group.addTask { _ = try? await pool.query(nap, [0.1]) } }
      }
      let admin = try database.connect()
      try await eventually("two are left") { try connections(database, admin) == 2 }
      let statistics = await pool.statistics()
      #expect(statistics.total == 2 && statistics.destroyed == 4 && statistics.created == 6)
    }
  }

  @Test("a killed idle backend is replaced, and nobody notices")
  func killedBackend() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.minimumConnections = 1
    } _: { pool, database in
      let pid: Int64 = try await pool.value(backend)
      let admin = try database.connect()
      try admin.query("SELECT pg_terminate_backend($1)", [Int32(pid)])
      try await eventually("another backend") { try await pool.value(backend) != pid }
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
      _ = try await pool.query(one)
      let before = await pool.statistics()
      try await eventually("round trips that nobody asked for") {
        await pool.statistics().roundTrips > before.roundTrips + 2
      }
      let after = await pool.statistics()
      #expect(after.failed == 0 && after.total == 1)
    }
  }

  @Test("connections wear out by use and by age")
  func lifetime() async throws {
    try await TestDatabase.withPool(loops: 1) {
      $0.maximumUses = 5
      $0.minimumConnections = 1
    } _: { pool, _ in
      for _ in 0..<20 { _ = try await pool.query(one) }
      let statistics = await pool.statistics()
      #expect(statistics.created >= 4 && statistics.failed == 0)
    }
  }

  @Test("closing rejects those who wait and lets what runs finish")
  func closing() async throws {
    let database = try await TestDatabase.make()
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
    let running = Task { try await pool.query(held) }
    try await eventually("the connection is lent") { await pool.statistics().active == 1 }
    let waiting = Task { try await pool.query(one) }
    try await eventually("somebody waits") { await pool.statistics().pending == 1 }
    let closing = Task { await pool.close() }
    let error = await #expect(throws: PostgresError.self) { try await waiting.value }
    #expect(error?.kind == .poolClosed)
    try admin.execute("SELECT pg_advisory_unlock(5, 5)")
    _ = try await running.value
    await closing.value
    let late = await #expect(throws: PostgresError.self) { try await pool.lookup(one, []) }
    #expect(late?.kind == .poolClosed)
    let statistics = await pool.statistics()
    #expect(statistics.total == 0)
  }

  @Test("closing breaks off what takes too long")
  func closingInTime() async throws {
    let database = try await TestDatabase.make()
    defer { database.drop() }
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let pool = try PostgresPool(url: database.url, loops: group.loops, blocking: BlockingPool())
    let running = Task { try await pool.query(nap, [60.0]) }
    try await eventually("the connection is lent") { await pool.statistics().active == 1 }
    await pool.close(within: .milliseconds(50))
    let error = await #expect(throws: PostgresError.self) { try await running.value }
    #expect(error?.kind == .connectionLost)
  }

  @Test("a database that is not there is a connection failure that says why")
  func unreachable() async throws {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    var configuration = PoolConfiguration()
    configuration.acquireTimeout = .milliseconds(200)
    let pool = try PostgresPool(
      url: "postgresql://nobody@/nothing?host=/tmp/no-such-folder", loops: group.loops,
      blocking: BlockingPool(), configuration: configuration)
    for _ in 0..<3 {
      let error = await #expect(throws: PostgresError.self) { try await pool.lookup(one, []) }
      #expect(error?.kind == .connectionFailed && error?.isConnectionFailure == true)
      #expect(error?.message.contains("/tmp/no-such-folder") == true)
    }
    let write = await #expect(throws: PostgresError.self) { try await pool.write(one, []) }
    #expect(write?.kind == .connectionFailed)
    await pool.close()
  }

  @Test("a host whose name does not resolve is named, and the loop goes on meanwhile")
  func unresolvable() async throws {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    var configuration = PoolConfiguration()
    configuration.acquireTimeout = .seconds(3)
    let pool = try PostgresPool(
      url: "postgresql://nobody@no-such-host.invalid/x", loops: group.loops, blocking: BlockingPool(),
      configuration: configuration)
    let error = await #expect(throws: PostgresError.self) { try await pool.query(one) }
    #expect(error?.kind == .connectionFailed)
    await pool.close()
  }

  @Test("a URL that is none is refused, without its password")
  func badURL() {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let error = #expect(throws: PostgresError.self) {
      try PostgresPool(
        url: "postgresql://me:secret@host:port:port/x?bad=1", loops: group.loops, blocking: BlockingPool())
    }
    #expect(error?.kind == .configuration && error?.message.contains("secret") == false)
  }

  @Test("one loop's work stays on that loop's connections")
  func onLoop() async throws {
    try await TestDatabase.withPool(loops: 2) { pool, _ in
      let group = EventLoopGroup(loops: 1)
      defer { group.stop() }
      // From a loop that the pool does not know: it hops, and comes back.
      let loop = group.loops[0]
      let isBack = try await loop.run {
        _ = try await pool.query(one)
        _ = try await pool.lookup(one, [])
        await Task.yield()
        return loop.isOnLoop
      }
      #expect(isBack)
    }
  }

  @Test("notices of the server reach the configured receiver")
  func notices() async throws {
    let received = Received()
    try await TestDatabase.withPool {
      $0.onNotice = { received.add($0.message) }
    } _: { pool, _ in
      _ = try await pool.query(Statement("warn", "SELECT pg_advisory_unlock(1)"))
    }
    #expect(received.messages.contains { $0.contains("don't own a lock") || $0.contains("lock") })
  }
}

/// Collects messages from any thread.
private final class Received: Sendable {
  private let stored = Mutex<[String]>([])
  func add(_ message: String) { stored.withLock { $0.append(message) } }
  var messages: [String] { stored.withLock { $0 } }
}
