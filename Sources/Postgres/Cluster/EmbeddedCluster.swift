import EventLoop

/// A PostgreSQL of the server's own, in a private folder, reached over a unix socket only.
///
/// Blocking unless said otherwise: start it before the loops serve.
package final class EmbeddedCluster: Sendable {
  package struct Configuration: Sendable {
    /// Holds everything: data, socket, log, lock. `nil` for ``defaultDirectory()``.
    package var directory: String?
    /// The folder of `postgres` and `initdb`; `nil` to look for it.
    package var binaries: String?
    package var maximumConnections = 100
    package var sharedBuffers = "128MB"
    /// How long to wait for a start, recovery included.
    package var startTimeout: Duration = .seconds(120)
    /// Told in a line what is going on (creating, adopting, restarting).
    package var log: (@Sendable (String) -> Void)?

    package init() {}
  }

  package enum State: Sendable, Equatable { case running, restarting, storageFull, stopped }

  /// `/var/lib/cairn` for root; else `$XDG_DATA_HOME/cairn`, else `~/.local/share/cairn`.
  package static func defaultDirectory() -> String { fatalError("not yet") }

  /// Starts the cluster in the folder: creates it when it is not there, adopts a postmaster that a
  /// killed server left behind. Throws `cluster` with what to do: when another server uses the
  /// folder, when the data are of a PostgreSQL version that is not installed, ….
  package static func start(
    _ configuration: Configuration = Configuration()
  ) throws(PostgresError) -> EmbeddedCluster {
    fatalError("not yet")
  }

  /// The folder in use.
  package var directory: String { fatalError("not yet") }
  /// Connects as `cairn`, the server's role: neither superuser nor owner of the tables.
  package var url: String { fatalError("not yet") }
  /// Connects as `cairn_owner`, who owns the tables: for migrations.
  package var ownerURL: String { fatalError("not yet") }
  package var state: State { fatalError("not yet") }

  /// Whether too little space is left for PostgreSQL to write; cheap enough for an error path.
  package var isStorageFull: Bool { fatalError("not yet") }

  /// Watches the postmaster and starts it again when it died and there is space. Runs on `loop`
  /// until its task is cancelled.
  package func supervise(on loop: EventLoop, blocking: BlockingPool) async { fatalError("not yet") }

  /// Stops PostgreSQL fast and cleanly; the data stay. After the server's drain.
  package func stop() { fatalError("not yet") }
}
