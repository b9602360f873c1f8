import CLinux
import Glibc
import Synchronization

/// The folder of an embedded cluster: `data` (PostgreSQL's), `run` (the socket), `log`, `lock`.
///
/// The lock is held until ``release()``, or for as long as the value lives, and freed by the system when
/// the server is killed.
final class ClusterDirectory: Sendable {
  let path: String
  let user: SystemUser
  /// Where the socket is: `run`, or a short folder elsewhere when that path would be too long.
  let socketDirectory: String
  private let lock: Mutex<Int32>

  var data: String { "\(path)/data" }
  /// Where initdb works: a cluster that was not finished is never taken for one.
  var unfinishedData: String { "\(path)/data.new" }
  var logDirectory: String { "\(path)/log" }
  var startLog: String { "\(path)/log/start.log" }
  var initLog: String { "\(path)/log/initdb.log" }

  /// A socket's path is at most 107 bytes (`sockaddr_un`).
  private static let longestSocketPath = 107
  static let port = 5432

  /// Takes the folder, making it when it is not there. Throws when another server has it.
  init(_ directory: String, _ user: SystemUser) throws(PostgresError) {
    path = try Self.open(directory, for: user)
    self.user = user
    if user.isOther { try Self.checkReachable(path, by: user) }
    try Self.makeFolder("\(path)/log", for: user)
    socketDirectory = try Self.makeSocketDirectory(path, for: user)
    // Last: what throws before it leaves no lock behind.
    lock = Mutex(try Self.takeLock(path))
  }

  deinit { release() }

  /// Lets another server have the folder.
  func release() {
    lock.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }

  /// The major version that the data were made by; `nil` when there are none.
  var dataVersion: Int? {
    TextFile.read("\(data)/PG_VERSION").flatMap { Int($0.prefix { $0.isNumber }) }
  }

  /// Throws when no cluster was ever made in `directory`; touches nothing.
  static func requireData(_ directory: String) throws(PostgresError) {
    if access("\(absolute(directory))/data/PG_VERSION", F_OK) == 0 { return }
    guard errno == ENOENT || errno == ENOTDIR else { return }
    throw PostgresError(.cluster, "there is no database in \(directory); `cairn serve` makes one")
  }

  // MARK: Folders

  private static func open(_ directory: String, for user: SystemUser) throws(PostgresError) -> String {
    var path = ""
    for part in absolute(directory).split(separator: "/") {
      path += "/\(part)"
      // Folders above ours are ordinary ones.
      let isOurs = path == absolute(directory)
      if mkdir(path, isOurs ? 0o700 : 0o755) == 0, isOurs, user.isOther {
        _ = chown(path, user.uid, user.gid)
      } else if errno != EEXIST && access(path, F_OK) != 0 {
        throw failure("cannot make the folder \(path)")
      }
    }
    guard let real = realpath(path, nil) else { throw failure("cannot use the folder \(path)") }
    defer { free(real) }
    let resolved = String(cString: real)
    try checkContents(of: resolved, for: user)
    return resolved
  }

  /// A folder full of other things was given by mistake.
  private static func checkContents(of path: String, for user: SystemUser) throws(PostgresError) {
    // A mounted file system comes with a folder of its own.
    let names = entries(path).filter { $0 != "lost+found" }
    if names.contains("lock") || names.contains("data") { return }
    guard names.isEmpty else {
      throw PostgresError(
        .cluster,
        "the folder \(path) is not empty and holds no database of Cairn; choose another with --data-dir")
    }
    if user.isOther { _ = chown(path, user.uid, user.gid) }
    guard chmod(path, 0o700) == 0 else { throw failure("cannot make \(path) private") }
  }

  private static func makeFolder(_ path: String, for user: SystemUser) throws(PostgresError) {
    var information = stat()
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("cannot make the folder \(path)") }
    // Somebody else's folder, or a link to one, in a place where all may write is not ours to use.
    guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR,
      information.st_uid == user.uid || information.st_uid == geteuid()
    else { throw PostgresError(.cluster, "the folder \(path) belongs to somebody else") }
    if user.isOther { _ = chown(path, user.uid, user.gid) }
    _ = chmod(path, 0o700)
  }

  private static func makeSocketDirectory(
    _ path: String, for user: SystemUser
  ) throws(PostgresError) -> String {
    let candidates = ["\(path)/run"] + shortFolders(for: path, user)
    let suffix = "/.s.PGSQL.\(port)".utf8.count
    guard let chosen = candidates.first(where: { $0.utf8.count + suffix <= longestSocketPath }) else {
      throw PostgresError(.cluster, "no folder for a socket with a short enough path")
    }
    try makeFolder(chosen, for: user)
    return chosen
  }

  private static func shortFolders(for path: String, _ user: SystemUser) -> [String] {
    // FNV-1a: two folders of one user need two names.
    let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let mark = String(hash, radix: 16)
    if user.isOther { return ["/run/cairn-\(mark)"] }
    var folders = ["/tmp/cairn-\(user.uid)-\(mark)"]
    if let runtime = getenv("XDG_RUNTIME_DIR"), access(runtime, W_OK) == 0 {
      folders.insert("\(String(cString: runtime))/cairn-\(mark)", at: 0)
    }
    return folders
  }

  /// Whether the other user can get at the folder: those above it may be closed to it.
  private static func checkReachable(_ path: String, by user: SystemUser) throws(PostgresError) {
    let test = user.command(["/usr/bin/test", "-w", path])
    let result = try ChildProcess.run(test, output: "/dev/null", directory: "/")
    if result.status == 0 { return }
    throw PostgresError(
      .cluster,
      "the system user \(user.name), as whom PostgreSQL runs, cannot write in \(path). Open the folders "
        + "above it (chmod o+x), or choose another folder with --data-dir.")
  }

  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return "/" + path.split(separator: "/").joined(separator: "/") }
    guard let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return "/" + (String(cString: current) + "/" + path).split(separator: "/").joined(separator: "/")
  }

  static func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  // MARK: Lock

  private static func takeLock(_ path: String) throws(PostgresError) -> Int32 {
    let file = "\(path)/lock"
    let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("cannot open \(file)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      let owner = TextFile.read(file).map { String($0.prefix { $0.isNumber }) } ?? ""
      throw PostgresError(
        .cluster,
        "the data folder \(path) is in use by another server" + (owner.isEmpty ? "" : " (process \(owner))")
          + ". Stop that one, or choose another folder with --data-dir.")
    }
    let pid = "\(getpid())\n"
    ftruncate(descriptor, 0)
    _ = pid.withCString { write(descriptor, $0, strlen($0)) }
    return descriptor
  }

  static func failure(_ what: String) -> PostgresError {
    PostgresError(.cluster, "\(what): \(String(cString: strerror(errno)))")
  }
}
