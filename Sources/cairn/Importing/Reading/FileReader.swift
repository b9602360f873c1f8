import EventLoop
import Glibc

/// The bytes of a file, or of standard input, as they come. Confined to `loop`; reading happens elsewhere.
final class FileReader: @unchecked Sendable {
  let path: String
  private let descriptor: Int32
  private let loop: EventLoop
  private let blocking: BlockingPool
  private var pushedBack: [UInt8] = []

  /// Bytes read so far.
  private(set) var offset = 0

  static let chunkSize = 256 << 10

  /// - Parameter path: `-` for standard input.
  init(_ path: String, on loop: EventLoop, _ blocking: BlockingPool) throws(InputError) {
    self.path = path
    self.loop = loop
    self.blocking = blocking
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError("\(path): \(String(cString: strerror(errno)))") }
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// Its length in bytes; nil where it is no ordinary file.
  var size: Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// The next bytes; empty at the end.
  func next() async throws(InputError) -> [UInt8] {
    if !pushedBack.isEmpty {
      defer { pushedBack = [] }
      return pushedBack
    }
    let descriptor = descriptor
    let bytes = await blocking.run(on: loop) { () -> Result<[UInt8], InputError> in
      var buffer = [UInt8](repeating: 0, count: Self.chunkSize)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count >= 0 { return .success(Array(buffer[..<count])) }
        if errno != EINTR { return .failure(InputError(String(cString: strerror(errno)))) }
      }
    }
    switch bytes {
    case .success(let bytes):
      offset += bytes.count
      return bytes
    case .failure(let error): throw InputError("\(path): \(error)")
    }
  }

  /// The beginning, which is read again afterwards.
  func head() async throws(InputError) -> [UInt8] {
    pushedBack = try await next()
    return Array(pushedBack.prefix(64 << 10))
  }
}
