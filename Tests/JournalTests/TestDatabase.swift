import EventLoop
import Glibc
import Journal
import Patience
import Postgres
import Testing

/// A fresh database with the journal's schema and a table of notes, the tests' own domain.
final class TestDatabase: Sendable {
  let url: String
  private let name: String

  /// The cluster that `Tests/with-postgres` started.
  static let clusterURL: String = {
    guard let url = getenv("CAIRN_TEST_DATABASE_URL") else {
      fatalError("CAIRN_TEST_DATABASE_URL is not set: run Tests/with-postgres swift test …")
    }
    return String(cString: url)
  }()

  private static let template = Result {
    let name = newName()
    try BlockingConnection(url: clusterURL).execute("CREATE DATABASE \(name)")
    try Migrator(JournalMigrations.all, url: url(of: name)).apply()
    try createNotes(url(of: name))
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

  /// What coordination will do: gives a lease out, or to somebody else under a higher epoch.
  func grantLease(_ id: String, epoch: Int64, in project: ProjectID = .default) throws {
    try connect().query(
      """
      INSERT INTO lease (project_id, lease_id, epoch, holder, until)
      VALUES ($1, $2, $3, 'test', clock_timestamp() + '1 minute')
      ON CONFLICT (project_id, lease_id) DO UPDATE SET epoch = excluded.epoch
      """, [project.text, id, epoch])
  }

  func connect() throws -> BlockingConnection { try BlockingConnection(url: url) }

  /// Creates the table of the tests' own domain.
  static func createNotes(_ url: String) throws {
    try BlockingConnection(url: url).execute(
      """
      CREATE TABLE note (
        project_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version bigint NOT NULL,
        body text NOT NULL, position bigint NOT NULL, at timestamptz NOT NULL,
        PRIMARY KEY (project_id, id))
      """)
  }

  private static func newName() -> String {
    "j" + UUID128.makeVersion7().description.filter { $0 != "-" }
  }

  private static func url(of name: String) -> String {
    let parts = clusterURL.split(separator: "?", maxSplits: 1)
    let base = parts[0].split(separator: "/").dropLast().joined(separator: "/")
    return base.replacing("postgresql:/", with: "postgresql://") + "/\(name)?" + parts[1]
  }
}

/// What one server has: loops, a pool and a journal.
final class TestServer: Sendable {
  let group: EventLoopGroup
  let pool: PostgresPool
  let journal: Journal

  init(
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

  var loop: EventLoop { group.loops[0] }

  func stop() async {
    await journal.stop()
    await pool.close()
    group.stop()
  }
}

/// Runs `body` on the first loop of a server with a fresh database.
func withServer<T: Sendable>(
  _ configure: (inout JournalConfiguration) -> Void = { _ in },
  pool configurePool: (inout PoolConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable (TestServer, TestDatabase) async throws -> T
) async throws -> T {
  let database = try TestDatabase()
  let server = try TestServer(database.url, configure, pool: configurePool)
  try server.journal.start()
  let result: Result<T, any Error> = await server.loop.run {
    do { return .success(try await body(server, database)) } catch { return .failure(error) }
  }
  await server.stop()
  withExtendedLifetime(database) {}
  return try result.get()
}

/// Waits until `condition` holds, at most 20 seconds.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(20 * patience)
  while ContinuousClock.now < deadline {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(2))
  }
  Issue.record("did not happen within \(20 * patience) s: \(what)")
}
