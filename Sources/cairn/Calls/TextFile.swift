import Glibc

/// Reads whole files.
enum TextFile {
  static func bytes(_ path: String) throws(InputError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += buffer[..<count]
      } else if errno != EINTR {
        throw failure(path)
      }
    }
  }

  static func text(_ path: String) throws(InputError) -> String {
    guard let text = String(validating: try bytes(path), as: UTF8.self) else {
      throw InputError("\(path) is not UTF-8")
    }
    return text
  }

  private static func failure(_ path: String) -> InputError {
    InputError("\(path): \(String(cString: strerror(errno)))")
  }
}
