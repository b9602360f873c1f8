import EventLoop

/// The `grpc-timeout` header: up to eight digits and a unit.
package enum Timeout {
  package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Duration? {
    guard bytes.count >= 2, bytes.count <= 9 else { return nil }
    var value: Int64 = 0
    for byte in bytes.dropLast() {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte &- 0x30)
    }
    switch bytes[bytes.count - 1] {
    case UInt8(ascii: "H"): return .seconds(value * 3600)
    case UInt8(ascii: "M"): return .seconds(value * 60)
    case UInt8(ascii: "S"): return .seconds(value)
    case UInt8(ascii: "m"): return .milliseconds(value)
    case UInt8(ascii: "u"): return .microseconds(value)
    case UInt8(ascii: "n"): return .nanoseconds(value)
    default: return nil
    }
  }

  /// The finest unit that holds the value in eight digits, rounded up: a server must not give up
  /// before its client does.
  package static func format(_ duration: Duration) -> String {
    let nanoseconds = max(0, duration.saturatedNanoseconds)
    let units: [(size: Int64, letter: String)] = [
      (1, "n"), (1_000, "u"), (1_000_000, "m"), (1_000_000_000, "S"), (60_000_000_000, "M"),
    ]
    for unit in units {
      let value = nanoseconds / unit.size + (nanoseconds % unit.size == 0 ? 0 : 1)
      if value <= 99_999_999 { return "\(value)\(unit.letter)" }
    }
    return "99999999H"
  }
}
