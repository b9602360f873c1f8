import Glibc

/// Where an export is written to. Beside a file stands, until it is complete, another one that says how far
/// it is and with which token it goes on. **Blocks.** Used by one thread at a time.
final class ExportFile: @unchecked Sendable {
  private let path: String
  private let descriptor: Int32
  private var offset: Int
  /// Where the export goes on; empty: at the beginning.
  private(set) var token = ""
  private(set) var canResume = false

  private var notePath: String { "\(path).cairn-resume" }

  /// - Parameter path: `-` for standard output.
  init(_ path: String, isResumed: Bool) throws(InputError) {
    self.path = path
    offset = 0
    if path == "-" {
      if isResumed { throw InputError("--resume needs a FILE") }
      descriptor = STDOUT_FILENO
      return
    }
    if isResumed {
      let note = "\(path).cairn-resume"
      let parts = try TextFile.text(note).split(whereSeparator: \.isWhitespace)
      guard parts.count == 2, let place = Int(parts[0]), place >= 0 else {
        throw InputError("\(note) is damaged: export again without --resume")
      }
      offset = place
      token = String(parts[1])
      canResume = true
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isResumed ? 0 : O_TRUNC), 0o600)
    guard descriptor >= 0 else { throw InputError("\(path): \(String(cString: strerror(errno)))") }
    // What was written behind the last token comes again.
    guard !isResumed || ftruncate(descriptor, offset) == 0,
      lseek(descriptor, offset, SEEK_SET) == offset || !isResumed
    else { throw InputError("\(path): \(String(cString: strerror(errno)))") }
  }

  /// - Parameter token: With which the export goes on behind these bytes; empty where it cannot.
  func write(_ bytes: [UInt8], token: String) throws(InputError) {
    try Self.write(bytes, to: descriptor, path: path)
    offset += bytes.count
    if path == "-" || token.isEmpty { return }
    let note = open("\(notePath).new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard note >= 0 else { throw InputError("\(notePath): \(String(cString: strerror(errno)))") }
    defer { close(note) }
    try Self.write(Array("\(offset) \(token)\n".utf8), to: note, path: notePath)
    guard rename("\(notePath).new", notePath) == 0 else {
      throw InputError("\(notePath): \(String(cString: strerror(errno)))")
    }
    canResume = true
  }

  /// The export is complete.
  func finish() throws(InputError) {
    if path == "-" { return }
    unlink(notePath)
    guard fsync(descriptor) == 0 || errno == EINVAL, close(descriptor) == 0 else {
      throw InputError("\(path): \(String(cString: strerror(errno)))")
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(InputError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        throw InputError("\(path == "-" ? "standard output" : path): \(String(cString: strerror(errno)))")
      }
    }
  }
}
