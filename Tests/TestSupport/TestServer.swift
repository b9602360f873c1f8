import EventLoop
import Journal
import Postgres

/// What a server has below its services: loops, a pool and a journal.
package final class TestServer: Sendable {
  package let group: EventLoopGroup
  package let pool: PostgresPool
  package let journal: Journal

  /// The journal is not started yet.
  package init(
    _ url: String, loops: Int = 2, _ configure: (inout JournalConfiguration) -> Void = { _ in },
    pool configurePool: (inout PoolConfiguration) -> Void = { _ in }
  ) throws {
    group = EventLoopGroup(loops: loops)
    let blocking = BlockingPool()
    var poolConfiguration = PoolConfiguration()
    configurePool(&poolConfiguration)
    pool = try PostgresPool(
      url: url, loops: group.loops, blocking: blocking, configuration: poolConfiguration)
    var configuration = JournalConfiguration()
    configure(&configuration)
    journal = Journal(
      pool: pool, url: url, loops: group.loops, blocking: blocking, configuration: configuration)
  }

  package var loop: EventLoop { group.loops[0] }

  /// Round trips to the database that `body` takes.
  package func roundTrips(_ body: () async throws -> Void) async throws -> Int {
    let before = await pool.statistics().roundTrips
    try await body()
    return await pool.statistics().roundTrips - before
  }

  /// Runs `body` on the first loop, then stops.
  package func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
    let result: Result<T, any Error> = await loop.run {
      do { return .success(try await body()) } catch { return .failure(error) }
    }
    await stop()
    return try result.get()
  }

  package func stop() async {
    await journal.stop()
    await pool.close()
    group.stop()
  }
}

/// Runs `body` on the first loop of a server with a fresh database.
package func withServer<T: Sendable>(
  _ schema: TestSchema, _ configure: (inout JournalConfiguration) -> Void = { _ in },
  pool configurePool: (inout PoolConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable (TestServer, TestDatabase) async throws -> T
) async throws -> T {
  let database = try TestDatabase(schema)
  let server = try TestServer(database.url, configure, pool: configurePool)
  try server.journal.start()
  let result = try await server.run { try await body(server, database) }
  withExtendedLifetime(database) {}
  return result
}
