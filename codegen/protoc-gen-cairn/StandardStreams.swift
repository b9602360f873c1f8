import Glibc

/// Whole-stream reading and writing: a generator has nothing to gain from anything finer.
enum StandardStreams {
  /// Standard input up to its end.
  static func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// All of `bytes` to standard output.
  static func write(_ bytes: [UInt8]) { write(bytes[...], to: STDOUT_FILENO) }

  /// A line for the person who runs protoc.
  static func complain(_ text: String) { write(Array(text.utf8)[...], to: STDERR_FILENO) }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }
}
