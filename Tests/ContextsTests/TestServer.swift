import EventLoop
import GRPC
import Glibc
import Journal
import Postgres
import Synchronization

@testable import Contexts

/// A fresh database with the schema of contexts.
final class TestDatabase: Sendable {
  let url: String
  private let name: String

  private static let clusterURL: String = {
    guard let url = getenv("CAIRN_TEST_DATABASE_URL") else {
      fatalError("CAIRN_TEST_DATABASE_URL is not set: run Tests/with-postgres swift test …")
    }
    return String(cString: url)
  }()

  private static let template = Result {
    let name = newName()
    try BlockingConnection(url: clusterURL).execute("CREATE DATABASE \(name)")
    try Migrator(JournalMigrations.all + ContextMigrations.all, url: url(of: name)).apply()
    return name
  }

  init() throws {
    name = Self.newName()
    let template = try Self.template.get()
    try BlockingConnection(url: Self.clusterURL).execute("CREATE DATABASE \(name) TEMPLATE \(template)")
    url = Self.url(of: name)
  }

  deinit {
    try? BlockingConnection(url: Self.clusterURL).execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
  }

  private static func newName() -> String { "c" + UUID128.makeVersion7().description.filter { $0 != "-" } }

  private static func url(of name: String) -> String {
    let parts = clusterURL.split(separator: "?", maxSplits: 1)
    let base = parts[0].split(separator: "/").dropLast().joined(separator: "/")
    return base.replacing("postgresql:/", with: "postgresql://") + "/\(name)?" + parts[1]
  }
}

/// The stores on a database of their own.
struct TestStore: Sendable {
  let stores: ContextStores
  let pool: PostgresPool
  let journal: Journal

  var store: ContextStore { stores.contexts }

  var scope: CallScope { CallScope(operation: "test.Contexts/Write") }

  /// Round trips that `body` takes.
  func roundTrips(_ body: () async throws -> Void) async throws -> Int {
    let before = await pool.statistics().roundTrips
    try await body()
    return await pool.statistics().roundTrips - before
  }
}

/// Runs `body` on a loop with a store on a fresh database.
func withStore<T: Sendable>(
  _ contexts: ContextConfiguration = ContextConfiguration(),
  _ body: @escaping @Sendable (TestStore) async throws -> T
) async throws -> T {
  let database = try TestDatabase()
  let group = EventLoopGroup(loops: 2)
  let blocking = BlockingPool()
  let pool = try PostgresPool(url: database.url, loops: group.loops, blocking: blocking)
  var configuration = JournalConfiguration()
  configuration.listensForHints = false
  let journal = Journal(
    pool: pool, url: database.url, loops: group.loops, blocking: blocking, configuration: configuration)
  let test = TestStore(
    stores: ContextStores(journal: journal, pool: pool, configuration: contexts), pool: pool, journal: journal
  )
  let result: Result<T, any Error> = await group.loops[0].run {
    do { return .success(try await body(test)) } catch { return .failure(error) }
  }
  await journal.stop()
  await pool.close()
  group.stop()
  withExtendedLifetime(database) {}
  return try result.get()
}
