import EventLoop
import Postgres
import TestSupport

extension TestDatabase {
  /// Runs `body` with a pool on a fresh database, then closes the pool and drops the database.
  static func withPool<T>(
    _ schema: String = "", loops: Int = 2,
    _ configure: (inout PoolConfiguration) -> Void = { _ in },
    _ body: (PostgresPool, TestDatabase) async throws -> T
  ) async throws -> T {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    if !schema.isEmpty { try database.connect().execute(schema) }
    let group = EventLoopGroup(loops: loops)
    defer { group.stop() }
    var configuration = PoolConfiguration()
    configure(&configuration)
    let pool = try PostgresPool(
      url: database.url, loops: group.loops, blocking: BlockingPool(), configuration: configuration)
    let result: Result<T, any Error>
    do { result = .success(try await body(pool, database)) } catch { result = .failure(error) }
    await pool.close()
    return try result.get()
  }
}

extension PostgresPool {
  /// The only value of the only row.
  func value<T: PostgresValue>(
    _ statement: Statement, _ parameters: [any PostgresValue] = [], as type: T.Type = T.self
  ) async throws -> T {
    try await query(statement, parameters).only().decode(0)
  }

  func looked<T: PostgresValue>(
    _ statement: Statement, _ parameters: [any PostgresValue] = [], as type: T.Type = T.self
  ) async throws -> T {
    try await lookup(statement, parameters).only().decode(0)
  }
}

extension Rows {
  func value<T: PostgresValue>(as type: T.Type = T.self) throws(PostgresError) -> T {
    try only().decode(0)
  }
}
