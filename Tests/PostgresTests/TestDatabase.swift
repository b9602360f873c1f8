import Dispatch
import EventLoop
import Glibc
import Patience
import Postgres
import Testing

/// A fresh database for one test, and a pool on it.
struct TestDatabase: Sendable {
  let url: String
  let name: String

  /// The cluster that `Tests/with-postgres` started.
  static let clusterURL: String = {
    guard let url = getenv("CAIRN_TEST_DATABASE_URL") else {
      fatalError("CAIRN_TEST_DATABASE_URL is not set: run Tests/with-postgres swift test …")
    }
    return String(cString: url)
  }()

  init() throws {
    name = "t" + UUID128.makeVersion7().description.filter { $0 != "-" }
    try BlockingConnection(url: Self.clusterURL).execute("CREATE DATABASE \(name)")
    let parts = Self.clusterURL.split(separator: "?", maxSplits: 1)
    let base = parts[0].split(separator: "/").dropLast().joined(separator: "/")
    url = base.replacing("postgresql:/", with: "postgresql://") + "/\(name)?" + parts[1]
  }

  /// Makes one without holding up other tests: their threads are as few as the cores.
  static func make() async throws -> TestDatabase {
    try await offPool { Result { try TestDatabase() } }.get()
  }

  func connect() throws -> BlockingConnection { try BlockingConnection(url: url) }

  /// In the background: it takes a checkpoint.
  func drop() {
    DispatchQueue.global().async { [name] in
      try? BlockingConnection(url: Self.clusterURL).execute("DROP DATABASE \(name) WITH (FORCE)")
    }
  }

  /// Runs `body` with a pool on this database, then closes the pool and drops the database.
  static func withPool<T>(
    _ schema: String = "", loops: Int = 2,
    _ configure: (inout PoolConfiguration) -> Void = { _ in },
    _ body: (PostgresPool, TestDatabase) async throws -> T
  ) async throws -> T {
    let database = try await TestDatabase.make()
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

/// Runs what blocks for long on a thread of its own.
func offPool<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
  await withUnsafeContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(returning: body()) }
  }
}

/// Waits until `condition` holds, at most ten seconds unless told otherwise.
func eventually(
  _ what: String, within seconds: Int = 10, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(Double(seconds) * patience)
  while ContinuousClock.now < deadline {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  Issue.record("did not happen within \(Double(seconds) * patience) s: \(what)")
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
