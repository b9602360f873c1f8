import Glibc

/// Standard output for results, standard error for everything else.
enum Output {
  static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  static func text(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// To standard error, as it is.
  static func error(_ text: String) { write(text, to: STDERR_FILENO) }

  static func complain(_ lines: [String]) {
    let text = lines.joined(separator: "\n")
    write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
  }

  /// Writes all of it. When the output has no reader any more, as behind `| head`, the program ends.
  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        ExitStatus.failure.endProcess()
      }
    }
  }
}
