import EventLoop
import Glibc
import Patience
import Synchronization
import TestSupport
import Testing

@testable import Postgres

private let insert = Statement("insert", "INSERT INTO item (id, body) VALUES ($1, $2)")
private let schema = """
  CREATE TABLE item (id uuid PRIMARY KEY, body text NOT NULL);
  GRANT SELECT, INSERT ON item TO cairn
  """

/// Whether tests may mount a small file system.
private let canMount: Bool = {
  var template = Array("/tmp/cairn-mount.XXXXXX".utf8CString)
  guard geteuid() == 0, let folder = mkdtemp(&template) else { return false }
  defer { rmdir(folder) }
  guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return false }
  return umount(folder) == 0
}()

/// An embedded cluster under supervision, a pool on it, and writers that note what was acknowledged.
private final class Outage: Sendable {
  let cluster: EmbeddedCluster
  let pool: PostgresPool
  private let group = EventLoopGroup(loops: 2)
  private let supervisor: Task<Void, Never>
  let acknowledged = Mutex<[UUID128]>([])
  let errors = Mutex<[PostgresError]>([])

  init(_ configuration: EmbeddedCluster.Configuration) async throws {
    let cluster = try await started(configuration)
    self.cluster = cluster
    try BlockingConnection(url: cluster.ownerURL).execute(schema)
    let blocking = BlockingPool()
    let loop = group.loops[0]
    var settings = PoolConfiguration()
    settings.isStorageFull = { cluster.isStorageFull }
    pool = try PostgresPool(
      url: cluster.url, loops: group.loops, blocking: blocking, configuration: settings)
    supervisor = Task(executorPreference: loop) { await cluster.supervise(on: loop, blocking: blocking) }
  }

  /// Writes rows with ids of their own until cancelled or `enough` says so.
  func write(_ body: String, until enough: @Sendable () -> Bool) async {
    while !Task.isCancelled, !enough() {
      let id = UUID128.makeVersion7()
      do throws(PostgresError) {
        _ = try await pool.groupWrite(insert, [id, body], group: WriteGroup("1"))
        acknowledged.withLock { $0.append(id) }
      } catch {
        errors.withLock { $0.append(error) }
        try? await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  /// Ids that were acknowledged and are not there.
  func missing() throws -> Int {
    let rows = try BlockingConnection(url: cluster.ownerURL).query(
      "SELECT count(*) FROM unnest($1) id WHERE NOT EXISTS (SELECT 1 FROM item WHERE item.id = id.id)",
      [acknowledged.withLock { $0 }])
    return try Int(rows.value(as: Int64.self))
  }

  func end() async {
    await pool.close()
    supervisor.cancel()
    await supervisor.value
    await offPool { [cluster] in cluster.stop() }
    group.stop()
  }
}

@Suite("Outages", .serialized)
struct OutageTests {
  @Test("PostgreSQL killed under load: errors or successes, nothing acknowledged is lost, back by itself")
  func killedUnderLoad() async throws {
    let folder = TemporaryFolder()
    let outage = try await Outage(folder.configuration())
    let writers = (0..<16).map { _ in Task { await outage.write("x", until: { false }) } }
    for signal in [SIGQUIT, SIGKILL] {
      let before = outage.acknowledged.withLock { $0.count }
      try await eventually("writes", within: 30) { outage.acknowledged.withLock { $0.count } > before + 100 }
      let pid = outage.cluster.postmasterPID
      kill(pid, signal)
      try await eventually("another postmaster", within: 60) {
        outage.cluster.postmasterPID != pid && outage.cluster.state == .running
      }
    }
    let before = outage.acknowledged.withLock { $0.count }
    try await eventually("writes again", within: 30) {
      outage.acknowledged.withLock { $0.count } > before + 100
    }
    for writer in writers {
      writer.cancel()
      await writer.value
    }
    let missing = try outage.missing()
    #expect(missing == 0)
    for error in outage.errors.withLock({ $0 }) {
      #expect(
        error.isConnectionFailure || error.isOutcomeUnknown || error.isCancelled, "\(error)")
    }
    await outage.end()
  }

  @Test(
    "a full disk is told as such, loses nothing, and is over when there is space", .enabled(if: canMount))
  func fullDisk() async throws {
    let folder = TemporaryFolder()
    try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=200m") == 0)
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    let outage = try await Outage(folder.configuration())
    // What the test takes away later.
    let ballast = "\(folder.path)/ballast"
    let descriptor = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    #expect(posix_fallocate(descriptor, 0, 80 << 20) == 0)
    close(descriptor)

    let body = String((0..<20_000).map { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement()! })
    let isFull = { @Sendable in outage.errors.withLock { $0.contains { $0.isStorageFull } } }
    let writers = (0..<8).map { _ in Task { await outage.write(body, until: isFull) } }
    try await eventually("the disk is full", within: 60) { isFull() }
    for writer in writers { await writer.value }
    try await eventually("the cluster says so") { outage.cluster.isStorageFull }
    try await eventually("the supervisor says so") { outage.cluster.state == .storageFull }

    unlink(ballast)
    try await eventually("it runs again", within: 60) { outage.cluster.state == .running }
    let before = outage.acknowledged.withLock { $0.count }
    let writer = Task { await outage.write("x", until: { false }) }
    try await eventually("writes again", within: 60) {
      outage.acknowledged.withLock { $0.count } > before
    }
    writer.cancel()
    await writer.value
    let missing = try outage.missing()
    #expect(missing == 0)
    for error in outage.errors.withLock({ $0 }) {
      #expect(
        error.isStorageFull || error.isConnectionFailure || error.isOutcomeUnknown || error.isCancelled,
        "\(error)")
    }
    await outage.end()
  }
}
