import Glibc

extension EmbeddedCluster {
  /// How to run an embedded cluster.
  package struct Configuration: Sendable {
    /// Holds everything: data, socket, log, lock. `nil` for ``defaultDirectory()``.
    package var directory: String?
    /// Whether to refuse a folder that holds no cluster instead of making one.
    package var mustExist = false
    /// The folder of `postgres` and `initdb`; `nil` to look for it.
    package var binaries: String?
    /// For new clusters and old ones alike.
    package var maximumConnections = 100
    package var sharedBuffers = "128MB"
    /// How long to wait for a start, recovery included.
    package var startTimeout: Duration = .seconds(120)
    /// How long a clean stop may take before PostgreSQL is stopped at once.
    package var stopTimeout: Duration = .seconds(60)
    /// How often ``supervise(on:blocking:)`` looks.
    package var supervisionInterval: Duration = .milliseconds(250)
    /// Told in a line what is going on (creating, adopting, restarting).
    package var log: (@Sendable (String) -> Void)?

    package init() {}
  }

  /// `/var/lib/cairn` for root; else `$XDG_DATA_HOME/cairn`, else `~/.local/share/cairn`.
  package static func defaultDirectory() -> String {
    if geteuid() == 0 { return "/var/lib/cairn" }
    if let data = getenv("XDG_DATA_HOME").map({ String(cString: $0) }), data.hasPrefix("/") {
      return "\(data)/cairn"
    }
    let home =
      getenv("HOME").map { String(cString: $0) }
      ?? getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/tmp"
    return "\(home)/.local/share/cairn"
  }

  /// What must hold however the configuration files were edited: the command line wins over them.
  static func settings(for configuration: Configuration, in directory: ClusterDirectory) -> [String] {
    [
      ("listen_addresses", ""),
      ("unix_socket_directories", directory.socketDirectory),
      ("unix_socket_permissions", "0700"),
      ("port", String(ClusterDirectory.port)),
      ("cluster_name", "cairn"),
      // A commit that was acknowledged survives a power cut.
      ("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"),
      ("restart_after_crash", "on"),
      ("max_connections", String(configuration.maximumConnections)),
      ("shared_buffers", configuration.sharedBuffers),
      ("logging_collector", "on"), ("log_destination", "stderr"),
      ("log_directory", directory.logDirectory),
      // Seven files that are written over week by week.
      ("log_filename", "postgresql-%a.log"), ("log_rotation_age", "1d"), ("log_rotation_size", "0"),
      ("log_truncate_on_rotation", "on"),
    ].flatMap { ["-c", "\($0.0)=\($0.1)"] }
  }

  /// Tuning for small machines with solid-state disks; written into a new cluster's configuration,
  /// where the user may change it.
  static let tuning = """

    # Written by Cairn when it made this cluster; change what you like.
    timezone = 'UTC'
    log_timezone = 'UTC'
    log_line_prefix = '%m [%p] '
    random_page_cost = 1.1
    checkpoint_timeout = 15min
    max_wal_size = 1GB
    # Short statements gain nothing from compilation.
    jit = off

    """
}
