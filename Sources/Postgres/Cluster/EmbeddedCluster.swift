import EventLoop
import Glibc
import Synchronization

/// A PostgreSQL of the server's own, in a private folder, reached over a unix socket only.
///
/// Blocking unless said otherwise: start it before the loops serve. It outlives a server that is
/// killed, and the next one adopts it.
package final class EmbeddedCluster: Sendable {
  package enum State: Sendable, Equatable {
    case running
    /// The postmaster died and is being started again.
    case restarting
    /// No space is left for it to write, or to start again; goes on by itself when there is.
    case storageFull
    case stopped
  }

  private struct Life: Sendable {
    var postmaster: Postmaster
    var state = State.running
    var failures = 0
    var retryAt = Instant(nanoseconds: 0)
  }

  let configuration: Configuration
  let folder: ClusterDirectory
  private let binaries: PostgresBinaries
  private let life: Mutex<Life>

  /// Starts the cluster in the folder: creates it when it is not there, adopts a postmaster that a
  /// killed server left behind. Throws `cluster` with what to do: when another server uses the
  /// folder, when the data are of a PostgreSQL version that is not installed, ….
  package static func start(
    _ configuration: Configuration = Configuration()
  ) throws(PostgresError) -> EmbeddedCluster {
    try EmbeddedCluster(configuration)
  }

  private init(_ configuration: Configuration) throws(PostgresError) {
    self.configuration = configuration
    let directory = configuration.directory ?? Self.defaultDirectory()
    if configuration.mustExist { try ClusterDirectory.requireData(directory) }
    folder = try ClusterDirectory(directory, try .forPostgres())
    binaries = try Self.chooseBinaries(configuration, for: folder)
    if folder.dataVersion == nil { try Self.create(folder, binaries: binaries, configuration: configuration) }
    let postmaster = try Self.adoptOrStart(configuration, in: folder, binaries: binaries)
    life = Mutex(Life(postmaster: postmaster))
    try Self.makeRoles(Self.url(role: Self.superuser, database: "postgres", postmaster))
  }

  /// The folder in use.
  package var directory: String { folder.path }
  /// Connects as `cairn`, the server's role: neither superuser nor owner of the tables.
  package var url: String { Self.url(role: Self.serverRole, database: "cairn", postmaster) }
  /// Connects as `cairn_owner`, who owns the tables: for migrations.
  package var ownerURL: String { Self.url(role: Self.ownerRole, database: "cairn", postmaster) }
  /// The server's role, for ``Migrator/init(_:url:role:)``.
  package static let serverRole = "cairn"
  package var state: State { life.withLock { $0.state } }
  package var postmasterPID: Int32 { postmaster.pid }
  package var majorVersion: Int { binaries.majorVersion }

  /// Whether too little space is left for PostgreSQL to write; cheap enough for an error path.
  package var isStorageFull: Bool { DiskSpace.isFull(at: folder.data) }

  private var postmaster: Postmaster { life.withLock { $0.postmaster } }

  /// Stops PostgreSQL fast and cleanly and gives the folder free; the data stay. After the server's
  /// drain.
  package func stop() {
    let postmaster = life.withLock { life in
      life.state = .stopped
      return life.postmaster
    }
    postmaster.stop(within: configuration.stopTimeout)
    folder.release()
  }

  /// Connects as `cairn_owner` to the PostgreSQL that runs in the folder, whoever started it; nil when none does. Takes
  /// nothing and starts nothing: for a look beside a server.
  package static func runningOwnerURL(_ configuration: Configuration) -> String? {
    let directory = ClusterDirectory.absolute(configuration.directory ?? defaultDirectory())
    guard let real = realpath("\(directory)/data", nil) else { return nil }
    defer { free(real) }
    return Postmaster.running(on: String(cString: real)).map { url(role: ownerRole, database: "cairn", $0) }
  }

  // MARK: Supervision

  /// Watches the postmaster and starts it again when it died and there is space. Runs on `loop`
  /// until its task is cancelled.
  package func supervise(on loop: EventLoop, blocking: BlockingPool) async {
    while !Task.isCancelled, state != .stopped {
      if look(at: loop.now) { await blocking.run(on: loop) { self.restart() } }
      do { try await loop.sleep(for: configuration.supervisionInterval) } catch { return }
    }
  }

  /// Notes how things are; returns whether the postmaster must be started.
  private func look(at now: Instant) -> Bool {
    let space = DiskSpace.available(at: folder.data) ?? .max
    return life.withLock { life in
      if life.state == .stopped { return false }
      if life.postmaster.isAlive {
        life.state = space < DiskSpace.full ? .storageFull : .running
        return false
      }
      life.state = space < DiskSpace.enoughToStart ? .storageFull : .restarting
      return life.state == .restarting && now >= life.retryAt
    }
  }

  private func restart() {
    log("PostgreSQL has ended; starting it again")
    do throws(PostgresError) {
      let started = try Self.adoptOrStart(configuration, in: folder, binaries: binaries)
      let isWanted = life.withLock { life in
        if life.state == .stopped { return false }
        life.postmaster = started
        life.failures = 0
        life.state = .running
        return true
      }
      if !isWanted { started.stop(within: configuration.stopTimeout) }
    } catch {
      log(error.message)
      life.withLock { life in
        life.failures += 1
        let backoff = Backoff(first: .seconds(1), longest: .seconds(30))
        life.retryAt = .now + backoff.delay(afterFailures: life.failures, jitter: 1)
      }
    }
  }

  private func log(_ line: String) { configuration.log?(line) }
}
