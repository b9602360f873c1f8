import HTTP2

/// How messages may be packed: `grpc-encoding`. Source: gRPC's compression.md.
package enum Compression: String, Sendable, CaseIterable {
  case identity, gzip

  /// What is taken, as `grpc-accept-encoding` has it.
  static let accepted = "identity,gzip"

  /// Whether a peer's `grpc-accept-encoding` has gzip in its list.
  package static func acceptsGzip(_ list: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    while start < list.count {
      var end = start
      while end < list.count, !isSeparator(list[end]) { end += 1 }
      if UnsafeBufferPointer(rebasing: list[start..<end]).equals("gzip") { return true }
      start = end + 1
    }
    return false
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
