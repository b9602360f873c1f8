import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import Postgres

@Suite("Pool")
struct PoolTests {
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
          most = max(most, try database.connections(admin))
          try? await Task.sleep(for: .milliseconds(2))
        }
        return most
      }
      let errors = await withTaskGroup(of: PostgresError?.self) { group in
        for _ in 0..<12 {
          group.addTask {
            do throws(PostgresError) {
              _ = try await pool.query(.nap, [0.7])
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
        async let first = pool.query(.one)
        async let second = pool.query(.one)
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
          group.addTask { _ = try await pool.lookup(.one, []) }
          group.addTask { _ = try await pool.query(.one) }
          group.addTask { _ = try await pool.groupWrite(insert, [number], group: WriteGroup("1")) }
          group.addTask {
            _ = try await pool.transaction { tx throws(PostgresError) in try await tx.query(.one) }
          }
        }
        try await group.waitForAll()
      }
      let statistics = await pool.statistics()
      #expect(statistics.total == 1)
    }
  }

  @Test("one loop's work stays on that loop's connections")
  func onLoop() async throws {
    try await TestDatabase.withPool(loops: 2) { pool, _ in
      let group = EventLoopGroup(loops: 1)
      defer { group.stop() }
      // From a loop that the pool does not know: it hops, and comes back.
      let loop = group.loops[0]
      let isBack = try await loop.run {
        _ = try await pool.query(.one)
        _ = try await pool.lookup(.one, [])
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
