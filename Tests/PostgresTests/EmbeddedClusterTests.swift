import EventLoop
import Glibc
import Patience
import TestSupport
import Testing

@testable import Postgres

/// A folder under /tmp that is gone after the test, with whatever PostgreSQL still runs in it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/cairn-test.XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) }!
    // PostgreSQL runs as another user when the tests run as root.
    if let user = try? SystemUser.forPostgres(), user.isOther { _ = chown(path, user.uid, user.gid) }
  }

  deinit {
    Postmaster.running(on: "\(path)/data")?.stop(within: .seconds(10))
    _ = try? ChildProcess.run(["/bin/rm", "-rf", path], output: "/dev/null", directory: "/")
  }

  func configuration() -> EmbeddedCluster.Configuration {
    var configuration = EmbeddedCluster.Configuration()
    configuration.directory = path
    configuration.sharedBuffers = "16MB"
    configuration.supervisionInterval = .milliseconds(20)
    return configuration
  }
}

/// Starts a cluster without holding up other tests.
func started(_ configuration: EmbeddedCluster.Configuration) async throws -> EmbeddedCluster {
  try await offPool { Result { try EmbeddedCluster.start(configuration) } }.get()
}

@Suite("Embedded cluster", .serialized)
struct EmbeddedClusterTests {
  @Test("a cluster is made, keeps its data, and is reached over its socket by a plain role")
  func lifeCycle() async throws {
    let folder = TemporaryFolder()
    let cluster = try await started(folder.configuration())
    #expect(cluster.state == .running)
    try BlockingConnection(url: cluster.ownerURL).execute("CREATE TABLE kept (id int8)")
    let connection = try BlockingConnection(url: cluster.url)
    let role = try connection.query(
      "SELECT rolsuper, current_user::text FROM pg_roles WHERE rolname = current_user"
    ).only()
    #expect(try role.decode(0, as: Bool.self) == false)
    #expect(try role.decode(1, as: String.self) == "cairn")
    for (setting, value) in [
      ("listen_addresses", ""), ("fsync", "on"), ("synchronous_commit", "on"),
      ("server_encoding", "UTF8"),
    ] {
      let rows = try connection.query("SELECT current_setting($1)", [setting])
      #expect(try rows.only().decode(0, as: String.self) == value)
    }
    var information = stat()
    #expect(stat(cluster.directory, &information) == 0)
    #expect(information.st_mode & 0o777 == 0o700)
    await offPool { [cluster] in cluster.stop() }
    #expect(Postmaster.running(on: "\(folder.path)/data") == nil)
  }

  @Test("the postmaster runs in a session of its own, with no descriptor of ours")
  func isolation() async throws {
    let folder = TemporaryFolder()
    let cluster = try await started(folder.configuration())
    #expect(getsid(cluster.postmasterPID) == cluster.postmasterPID)
    #expect(getsid(cluster.postmasterPID) != getsid(0))
    let descriptors = ClusterDirectory.entries("/proc/\(cluster.postmasterPID)/fd")
    #expect(!descriptors.isEmpty)
    await offPool { [cluster] in cluster.stop() }
  }

  @Test("a second server on the same folder is refused, naming folder and process")
  func secondServer() async throws {
    let folder = TemporaryFolder()
    let cluster = try await started(folder.configuration())
    let error = #expect(throws: PostgresError.self) {
      try EmbeddedCluster.start(folder.configuration())
    }
    #expect(error?.kind == .cluster)
    #expect(error?.message.contains(folder.path) == true)
    #expect(error?.message.contains("process \(getpid())") == true)
    await offPool { [cluster] in cluster.stop() }
  }

  @Test("the postmaster of a killed server is adopted with what it holds")
  func adoption() async throws {
    let folder = TemporaryFolder()
    var cluster: EmbeddedCluster? = try await started(folder.configuration())
    try BlockingConnection(url: cluster!.ownerURL).execute("CREATE TABLE kept AS SELECT 7::int8 AS id")
    let pid = cluster!.postmasterPID
    // A killed server loses its lock and leaves PostgreSQL alone: so does one that is let go.
    cluster = nil
    let next = try await started(folder.configuration())
    #expect(next.postmasterPID == pid)
    let rows = try BlockingConnection(url: next.ownerURL).query("SELECT id FROM kept")
    #expect(try rows.only().decode(0, as: Int64.self) == 7)
    await offPool { [next] in next.stop() }
  }

  @Test("a stop and a start keep the data")
  func restart() async throws {
    let folder = TemporaryFolder()
    do {
      let cluster = try await started(folder.configuration())
      try BlockingConnection(url: cluster.ownerURL).execute("CREATE TABLE kept AS SELECT 7 AS id")
      await offPool { [cluster] in cluster.stop() }
    }
    let cluster = try await started(folder.configuration())
    #expect(try BlockingConnection(url: cluster.ownerURL).query("SELECT * FROM kept").count == 1)
    await offPool { [cluster] in cluster.stop() }
  }

  @Test("a postmaster that dies is started again while the server runs, and the pool recovers")
  func supervision() async throws {
    let folder = TemporaryFolder()
    let cluster = try await started(folder.configuration())
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let loop = group.loops[0]
    let blocking = BlockingPool()
    let supervisor = Task(executorPreference: loop) {
      await cluster.supervise(on: loop, blocking: blocking)
    }
    let pool = try PostgresPool(url: cluster.url, loops: [loop], blocking: blocking)
    let probe = Statement("probe", "SELECT 1::int8")
    _ = try await pool.lookup(probe, [])
    let first = cluster.postmasterPID
    kill(first, SIGQUIT)
    try await eventually("another postmaster", within: 30) {
      cluster.postmasterPID != first && cluster.state == .running
    }
    try await eventually("an answer", within: 20) { (try? await pool.lookup(probe, [])) != nil }
    await pool.close()
    supervisor.cancel()
    await supervisor.value
    await offPool { [cluster] in cluster.stop() }
  }

  @Test("data of a PostgreSQL that is not installed are refused, naming both versions")
  func versionMismatch() throws {
    let folder = TemporaryFolder()
    _ = mkdir("\(folder.path)/data", 0o700)
    let descriptor = open("\(folder.path)/data/PG_VERSION", O_WRONLY | O_CREAT, 0o600)
    _ = "9\n".withCString { write(descriptor, $0, 2) }
    close(descriptor)
    let error = #expect(throws: PostgresError.self) {
      try EmbeddedCluster.start(folder.configuration())
    }
    #expect(error?.message.contains("PostgreSQL 9") == true)
    #expect(error?.message.contains("installed: ") == true)
    #expect(error?.message.contains("--data-dir") == true)
  }

  @Test("a folder with other things in it is left alone")
  func foreignFolder() throws {
    let folder = TemporaryFolder()
    close(open("\(folder.path)/letter.txt", O_WRONLY | O_CREAT, 0o600))
    let error = #expect(throws: PostgresError.self) {
      try EmbeddedCluster.start(folder.configuration())
    }
    #expect(error?.message.contains("not empty") == true)
    #expect(ClusterDirectory.entries(folder.path) == ["letter.txt"])
  }

  @Test(
    "binaries are chosen by the data's version, else the newest",
    arguments: [
      (nil, [16, 15], 16), (15, [16, 15], 15), (nil, [14], nil), (14, [14], nil), (17, [16], nil),
    ]
      as [(Int?, [Int], Int?)])
  func binaries(data: Int?, installed: [Int], chosen: Int?) {
    let all = installed.map { PostgresBinaries(directory: "/pg/\($0)", majorVersion: $0) }
    let choice = try? PostgresBinaries.choose(from: all, for: data, dataDirectory: "/d")
    #expect(choice?.majorVersion == chosen)
  }

  @Test("a path too long for a socket gets a short folder elsewhere")
  func longPath() throws {
    let folder = TemporaryFolder()
    let long = folder.path + "/" + String(repeating: "long-name-", count: 10)
    chmod(folder.path, 0o711)
    let directory = try ClusterDirectory(long, .forPostgres())
    #expect(directory.socketDirectory.utf8.count + 15 < 107)
    #expect(directory.path == long)
    rmdir(directory.socketDirectory)
  }

  @Test("postmaster.pid is read, and a half-written one is not believed")
  func pidFile() {
    let text = "4711\n/data\n1700000000\n5432\n/run/x\n\n  5432001  1\nready   \n"
    #expect(Postmaster.PIDFile(text)?.pid == 4711)
    #expect(Postmaster.PIDFile(text)?.socketDirectory == "/run/x")
    #expect(Postmaster.PIDFile("4711\n/data\n") == nil)
    #expect(Postmaster.PIDFile("") == nil)
  }
}
