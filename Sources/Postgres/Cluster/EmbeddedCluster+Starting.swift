import Glibc

/// Making, adopting and starting.
extension EmbeddedCluster {
  static let superuser = "postgres"
  static let ownerRole = "cairn_owner"

  static func url(role: String, database: String, _ postmaster: Postmaster) -> String {
    var host = ""
    for byte in postmaster.socketDirectory.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        host.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        host += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return "postgresql://\(role)@/\(database)?host=\(host)&port=\(ClusterDirectory.port)"
  }

  static func chooseBinaries(
    _ configuration: Configuration, for folder: ClusterDirectory
  ) throws(PostgresError) -> PostgresBinaries {
    var installed = PostgresBinaries.installed()
    if let directory = configuration.binaries {
      guard let given = PostgresBinaries(at: directory) else {
        throw PostgresError(.cluster, "\(directory) does not hold PostgreSQL's postgres and initdb")
      }
      installed = [given]
    }
    return try PostgresBinaries.choose(
      from: installed, for: folder.dataVersion, dataDirectory: folder.data)
  }

  // MARK: Making

  /// Makes the data folder. It gets its name when it is complete: a server that is killed in the
  /// middle leaves nothing that looks like a cluster.
  static func create(
    _ folder: ClusterDirectory, binaries: PostgresBinaries, configuration: Configuration
  ) throws(PostgresError) {
    configuration.log?("creating a PostgreSQL \(binaries.majorVersion) cluster in \(folder.path)")
    try requireSpace(folder)
    try removeUnfinished(folder)
    // Code point order with Unicode's upper and lower case; not every system has the locale.
    let first = try initialize(folder, binaries: binaries, locale: "C.UTF-8")
    if first.status != 0 {
      try removeUnfinished(folder)
      let second = try initialize(folder, binaries: binaries, locale: "C")
      guard second.status == 0 else {
        throw PostgresError(.cluster, "initdb failed in \(folder.path): \(lastLines(first.output))")
      }
    }
    guard TextFile.append(tuning, to: "\(folder.unfinishedData)/postgresql.conf"),
      rename(folder.unfinishedData, folder.data) == 0
    else { throw ClusterDirectory.failure("cannot finish \(folder.data)") }
  }

  private static func initialize(
    _ folder: ClusterDirectory, binaries: PostgresBinaries, locale: String
  ) throws(PostgresError) -> (status: Int32, output: String) {
    let command = [
      binaries.initdb, "--pgdata=\(folder.unfinishedData)", "--username=\(superuser)",
      // The socket's folder lets in nobody else.
      "--auth=trust", "--encoding=UTF8", "--locale=\(locale)", "--data-checksums", "--no-instructions",
    ]
    return try ChildProcess.run(
      folder.user.command(command), output: folder.initLog, directory: folder.path)
  }

  private static func removeUnfinished(_ folder: ClusterDirectory) throws(PostgresError) {
    guard access(folder.unfinishedData, F_OK) == 0 else { return }
    _ = try ChildProcess.run(
      ["/bin/rm", "-rf", "--", folder.unfinishedData], output: "/dev/null", directory: "/")
  }

  private static func requireSpace(_ folder: ClusterDirectory) throws(PostgresError) {
    guard let space = DiskSpace.available(at: folder.path), space < DiskSpace.enoughToStart else { return }
    throw PostgresError(
      .storageFull, "only \(space >> 20) MB are left where \(folder.path) is; free some space first")
  }

  // MARK: Starting

  static func adoptOrStart(
    _ configuration: Configuration, in folder: ClusterDirectory, binaries: PostgresBinaries
  ) throws(PostgresError) -> Postmaster {
    if let running = Postmaster.running(on: folder.data) {
      let adopted = try waitUntilReady(running, configuration: configuration, in: folder)
      if adopted {
        configuration.log?("adopted the running PostgreSQL \(running.pid) in \(folder.path)")
        return running
      }
      // It was on its way out.
    }
    try requireSpace(folder)
    let command = [binaries.postgres, "-D", folder.data] + settings(for: configuration, in: folder)
    let pid = try ChildProcess.spawn(
      folder.user.command(command), output: folder.startLog, directory: folder.data)
    let started = Postmaster(pid: pid, isChild: true, socketDirectory: folder.socketDirectory)
    guard try waitUntilReady(started, configuration: configuration, in: folder) else {
      throw PostgresError(
        .cluster,
        "PostgreSQL did not start in \(folder.path): \(lastLines(startOutput(folder))) "
          + "(its log is in \(folder.logDirectory))")
    }
    return started
  }

  /// Waits until connections are taken, recovery included. Returns false when the process ended.
  private static func waitUntilReady(
    _ postmaster: Postmaster, configuration: Configuration, in folder: ClusterDirectory
  ) throws(PostgresError) -> Bool {
    let url = url(role: superuser, database: "postgres", postmaster)
    let deadline = ContinuousClock.now + configuration.startTimeout
    while postmaster.isAlive {
      do throws(PostgresError) {
        let connection = try BlockingConnection(url: url, timeout: .seconds(5))
        try requireSameData(through: connection, as: folder)
        return true
      } catch {
        guard error.kind == .connectionFailed || error.isConnectionFailure else { throw error }
        if ContinuousClock.now >= deadline {
          throw PostgresError(
            .cluster,
            "PostgreSQL (process \(postmaster.pid)) in \(folder.path) took no connection within "
              + "\(configuration.startTimeout): \(error.message)")
        }
      }
      usleep(20_000)
    }
    return false
  }

  private static func requireSameData(
    through connection: BlockingConnection, as folder: ClusterDirectory
  ) throws(PostgresError) {
    let rows = try connection.query("SELECT current_setting('data_directory')")
    let data = try rows.only().decode(0, as: String.self)
    guard data == folder.data else {
      throw PostgresError(
        .cluster, "the PostgreSQL that answers for \(folder.path) has its data in \(data)")
    }
  }

  /// What it said before its log collector took over, or what that wrote last.
  private static func startOutput(_ folder: ClusterDirectory) -> String {
    let start = TextFile.read(folder.startLog) ?? ""
    let logs = ClusterDirectory.entries(folder.logDirectory).filter { $0.hasPrefix("postgresql-") }
    let newest = logs.max {
      modified("\(folder.logDirectory)/\($0)") < modified("\(folder.logDirectory)/\($1)")
    }
    return start + (newest.flatMap { TextFile.read("\(folder.logDirectory)/\($0)") } ?? "")
  }

  private static func modified(_ path: String) -> Int {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_mtim.tv_sec : 0
  }

  private static func lastLines(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).suffix(4).joined(separator: " / ")
  }

  // MARK: Roles

  /// Makes the two roles and the database, unless they are there.
  static func makeRoles(_ url: String) throws(PostgresError) {
    let connection = try BlockingConnection(url: url)
    let attributes = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    for role in [ownerRole, serverRole] {
      let known = try connection.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role])
      if known.isEmpty { try connection.execute("CREATE ROLE \(role) \(attributes)") }
    }
    let known = try connection.query("SELECT 1 FROM pg_database WHERE datname = 'cairn'")
    if known.isEmpty {
      try connection.execute("CREATE DATABASE cairn OWNER \(ownerRole)")
      try connection.execute("REVOKE ALL ON DATABASE cairn FROM PUBLIC")
      try connection.execute("GRANT CONNECT, TEMPORARY ON DATABASE cairn TO \(serverRole)")
    }
  }
}
