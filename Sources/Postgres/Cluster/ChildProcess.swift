import CLinux
import Glibc

/// Starts programs from a process with threads: posix_spawn, never fork.
enum ChildProcess {
  /// Sets `POSIX_SPAWN_SETSID`, which Glibc's module leaves out.
  private static let startSession: Int32 = 0x80

  /// Starts a program in a session of its own, so that Ctrl-C at the server's terminal does not reach
  /// it, with default signals, no descriptor but 0 to 2, and a clean environment.
  /// - Parameters:
  ///   - output: The file for its output; emptied first.
  ///   - directory: Its working directory.
  static func spawn(
    _ command: [String], output: String, directory: String
  ) throws(PostgresError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    posix_spawn_file_actions_addchdir_np(&actions, directory)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | startSession
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var pid = pid_t()
    let code = withArguments(command) { arguments in
      withArguments(environment) { posix_spawn(&pid, command[0], &actions, &attributes, arguments, $0) }
    }
    guard code == 0 else {
      throw PostgresError(.cluster, "cannot start \(command[0]): \(String(cString: strerror(code)))")
    }
    return pid
  }

  /// Runs a program to its end and returns its exit status and output.
  static func run(
    _ command: [String], output: String, directory: String
  ) throws(PostgresError) -> (status: Int32, output: String) {
    let pid = try spawn(command, output: output, directory: directory)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    let exited = status & 0x7f == 0
    return (exited ? (status >> 8) & 0xff : 128 + (status & 0x7f), TextFile.read(output) ?? "")
  }

  /// What PostgreSQL needs; nothing of ours, such as PGDATA, may change what it does.
  private static var environment: [String] {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return ["PATH=\(path)", "LC_ALL=C.UTF-8", "HOME=/", "TZ=UTC"]
  }

  private static func withArguments<T>(
    _ arguments: [String], body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> T
  ) -> T {
    let copies = arguments.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }
}

/// Small text files, read and written whole.
enum TextFile {
  static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8192)
    while bytes.count < 1 << 20 {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count <= 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func append(_ text: String, to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return text.utf8.withContiguousStorageIfAvailable {
      Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count
    } ?? false
  }
}
