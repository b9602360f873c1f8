import Glibc

/// A folder with PostgreSQL's programs.
struct PostgresBinaries: Sendable, Equatable {
  let directory: String
  let majorVersion: Int

  var postgres: String { "\(directory)/postgres" }
  var initdb: String { "\(directory)/initdb" }

  static let oldestVersion = 15

  /// All that can be found, newest first: Debian's folders, PATH, and what pg_config says.
  static func installed() -> [PostgresBinaries] {
    var found: [PostgresBinaries] = []
    for directory in debianDirectories() + pathDirectories() {
      guard let binaries = PostgresBinaries(at: directory), !found.contains(binaries) else { continue }
      found.append(binaries)
    }
    return found.sorted { $0.majorVersion > $1.majorVersion }
  }

  /// The programs in `directory`, if it has them all.
  init?(at directory: String) {
    guard access("\(directory)/postgres", X_OK) == 0, access("\(directory)/initdb", X_OK) == 0,
      let version = Self.version(in: directory)
    else { return nil }
    self.directory = directory
    majorVersion = version
  }

  init(directory: String, majorVersion: Int) {
    self.directory = directory
    self.majorVersion = majorVersion
  }

  /// Chooses for data of version `wanted`, or for new data when that is nil. Pure.
  static func choose(
    from installed: [PostgresBinaries], for wanted: Int?, dataDirectory: String
  ) throws(PostgresError) -> PostgresBinaries {
    let usable = installed.filter { $0.majorVersion >= oldestVersion }
    let have =
      installed.isEmpty
      ? "none is installed"
      : "installed: "
        + installed.map { "\($0.majorVersion) (\($0.directory))" }.joined(separator: ", ")
    if let wanted {
      if let match = usable.first(where: { $0.majorVersion == wanted }) { return match }
      throw PostgresError(
        .cluster,
        "the data in \(dataDirectory) are of PostgreSQL \(wanted); \(have). Install PostgreSQL \(wanted) "
          + "(Debian: apt-get install postgresql-\(wanted)), or bring the data to an installed version "
          + "with pg_upgrade, or choose another folder with --data-dir.")
    }
    guard let newest = usable.first else {
      throw PostgresError(
        .cluster,
        "PostgreSQL \(oldestVersion) or later is needed; \(have). Install it (Debian: apt-get install "
          + "postgresql), or give the URL of a database with --database-url.")
    }
    return newest
  }

  private static func debianDirectories() -> [String] {
    let base = "/usr/lib/postgresql"
    guard let folder = opendir(base) else { return [] }
    defer { closedir(folder) }
    var directories: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if Int(name) != nil { directories.append("\(base)/\(name)/bin") }
    }
    return directories
  }

  private static func pathDirectories() -> [String] {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    var directories: [String] = []
    for folder in path.split(separator: ":") {
      if let program = resolved("\(folder)/postgres") { directories.append(parent(of: program)) }
      if let program = resolved("\(folder)/pg_config"),
        let output = run([program, "--bindir"]), output.hasPrefix("/")
      {
        directories.append(output)
      }
    }
    return directories
  }

  /// Debian puts its version into the folder's name; elsewhere the program is asked.
  private static func version(in directory: String) -> Int? {
    let parts = directory.split(separator: "/")
    if directory.hasPrefix("/usr/lib/postgresql/"), parts.count == 5, let version = Int(parts[3]) {
      return version
    }
    guard let output = run(["\(directory)/postgres", "--version"]) else { return nil }
    return output.split { !$0.isNumber }.first.flatMap { Int($0) }
  }

  private static func run(_ command: [String]) -> String? {
    var name = Array("/tmp/cairn-version.XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return nil }
    close(descriptor)
    let output = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(output) }
    guard let result = try? ChildProcess.run(command, output: output, directory: "/"),
      result.status == 0
    else { return nil }
    return String(result.output.prefix { !$0.isNewline })
  }

  private static func resolved(_ path: String) -> String? {
    guard access(path, X_OK) == 0, let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func parent(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }
}
