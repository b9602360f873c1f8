/// Tells by the first bytes of a server's answer that it is not one of HTTP/2, whose first is a SETTINGS frame.
enum OtherProtocol {
  /// What to tell the client's user; nil for what may be HTTP/2.
  static func hint(_ bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.starts(with: "HTTP/1".utf8) {
      return "the server answers HTTP/1; it is not a gRPC server, or speaks HTTP/2 on another port"
    }
    // A TLS record: an alert (21) of any version of TLS, which begin with 3.
    if bytes.count >= 2, bytes[0] == 21, bytes[1] == 3 {
      return "the server speaks TLS, this connection is in plaintext"
    }
    return nil
  }
}
