import EventLoop
import Glibc
import Journal
import Patience
import Postgres
import Testing

/// A cluster of its own, for tests that hold transactions open or stop PostgreSQL: either holds back the feeds
/// of every database of the cluster. Servers connect with the role they have in production.
final class TestCluster: Sendable {
  private let directory: String
  let cluster: EmbeddedCluster

  init() throws {
    directory = "/tmp/cairn-journal-" + UUID128.makeVersion7().description.suffix(12)
    cluster = try Self.start(directory)
    let migrator = Migrator(
      JournalMigrations.all, url: cluster.ownerURL, role: EmbeddedCluster.serverRole,
      rights: JournalMigrations.rights)
    try migrator.apply()
    try BlockingConnection(url: cluster.ownerURL).createNotes()
    // The rights on the table that was added.
    try migrator.apply()
  }

  private static func start(_ directory: String) throws -> EmbeddedCluster {
    var configuration = EmbeddedCluster.Configuration()
    configuration.directory = directory
    return try EmbeddedCluster.start(configuration)
  }

  func connect() throws -> BlockingConnection { try BlockingConnection(url: cluster.url) }

  /// Lets PostgreSQL crash: what was not flushed is lost.
  func crash() { kill(cluster.postmasterPID, SIGQUIT) }

  /// Starts PostgreSQL after ``crash()`` and returns what `body` does once it succeeds.
  func afterRestart<T: Sendable>(on loop: EventLoop, _ body: @Sendable () throws -> T) async throws -> T {
    let process = cluster.postmasterPID
    let supervisor = Task {
      await loop.run { [cluster] in
        await cluster.supervise(on: loop, blocking: BlockingPool())
      }
    }
    defer { supervisor.cancel() }
    try await eventually("restarted") { cluster.postmasterPID != process && (try? body()) != nil }
    return try body()
  }

  func stop() {
    cluster.stop()
    var command = Array("rm -rf '\(directory)'".utf8CString)
    command.withUnsafeMutableBufferPointer { _ = system($0.baseAddress!) }
  }
}

/// Runs `body` with a cluster of its own.
func withCluster<T>(_ body: (TestCluster) async throws -> T) async throws -> T {
  let cluster = try TestCluster()
  let result: Result<T, any Error>
  do { result = .success(try await body(cluster)) } catch { result = .failure(error) }
  cluster.stop()
  return try result.get()
}
