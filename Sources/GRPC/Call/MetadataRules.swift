/// What may be sent beside a call's messages. Source: gRPC over HTTP/2, "Custom-Metadata"; the keys of connections are
/// those of RFC 9113 §8.2.2. Pure.
enum MetadataRules {
  /// Fields that make a call what it is, or that HTTP/2 does not have.
  private static let reserved: Set<String> = [
    "content-type", "te", "connection", "content-length", "host", "keep-alive", "proxy-connection",
    "transfer-encoding", "upgrade",
  ]

  /// Why text cannot go under `key`; nil when it can.
  static func objection(to key: String, text: String) -> String? {
    if let why = objection(to: key) { return why }
    if key.hasSuffix("-bin") { return "ends in -bin: give it bytes" }
    guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      return "has a value that is not printable ASCII; use a key that ends in -bin and bytes"
    }
    return nil
  }

  static func objection(toBytesUnder key: String) -> String? {
    objection(to: key) ?? (key.hasSuffix("-bin") ? nil : "has bytes and does not end in -bin")
  }

  private static func objection(to key: String) -> String? {
    if key.isEmpty { return "is empty" }
    if key.hasPrefix(":") || key.hasPrefix("grpc-") || reserved.contains(key) {
      return "belongs to the protocol"
    }
    return key.utf8.allSatisfy(isKeyByte) ? nil : "has other characters than a-z, 0-9, '-', '_' and '.'"
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
      UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
