import Glibc

/// PostgreSQL's first process: started by us, or found running.
struct Postmaster: Sendable, Equatable {
  let pid: pid_t
  /// Only a child can be waited for.
  let isChild: Bool
  let socketDirectory: String

  // MARK: Finding

  /// What PostgreSQL notes in `postmaster.pid` (storage/pidfile.h has the order of the lines).
  struct PIDFile: Equatable {
    let pid: pid_t
    let socketDirectory: String

    init?(_ text: String) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.count >= 5, let pid = pid_t(lines[0].trimmed), pid > 0 else { return nil }
      self.pid = pid
      socketDirectory = String(lines[4])
    }
  }

  /// The postmaster that runs on `data`, if one does.
  static func running(on data: String) -> Postmaster? {
    guard let file = TextFile.read("\(data)/postmaster.pid").flatMap(PIDFile.init) else { return nil }
    // The number may have been given to another process since. A postmaster works in its data folder.
    guard workingDirectory(of: file.pid) == data else { return nil }
    return Postmaster(pid: file.pid, isChild: false, socketDirectory: file.socketDirectory)
  }

  private static func workingDirectory(of pid: pid_t) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/\(pid)/cwd", &buffer, Int(PATH_MAX))
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // MARK: Life

  /// Whether the process runs; also takes note of a child's end.
  var isAlive: Bool {
    if isChild {
      var status: Int32 = 0
      let result = waitpid(pid, &status, WNOHANG)
      if result == 0 { return true }
      return result < 0 && errno == EINTR
    }
    // One that has ended and that nobody has waited for still has a number, but no folder.
    return kill(pid, 0) == 0 && Self.workingDirectory(of: pid) != nil
  }

  /// Ends the process: a fast shutdown rolls back what is open and writes everything out; when that
  /// takes too long, an immediate one leaves it to the next start to recover.
  func stop(within limit: Duration) {
    guard isAlive else { return }
    kill(pid, SIGINT)
    if waitUntilGone(limit) { return }
    kill(pid, SIGQUIT)
    if waitUntilGone(.seconds(10)) { return }
    kill(pid, SIGKILL)
    _ = waitUntilGone(.seconds(10))
  }

  func waitUntilGone(_ limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while isAlive {
      if ContinuousClock.now >= deadline { return false }
      usleep(10_000)
    }
    return true
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
