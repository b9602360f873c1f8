/// A UUID: sixteen bytes, written as 36 characters (RFC 9562).
package struct UUID128: Hashable, Comparable, Sendable {
  /// Bytes 0–7, big-endian.
  package let high: UInt64
  /// Bytes 8–15, big-endian.
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package static let zero = UUID128(high: 0, low: 0)

  package static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// Reads the 36-character form, upper or lower case; `nil` for anything else.
  package init?(_ text: some StringProtocol) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var index = 0
    for character in text.utf8 {
      if Self.isHyphen(at: index) {
        guard character == UInt8(ascii: "-") else { return nil }
      } else {
        guard let digit = Self.digit(character) else { return nil }
        if index < 19 { high = high << 4 | digit } else { low = low << 4 | digit }
      }
      index += 1
      if index > 36 { return nil }
    }
    guard index == 36 else { return nil }
    self.init(high: high, low: low)
  }

  private static func isHyphen(at index: Int) -> Bool {
    index == 8 || index == 13 || index == 18 || index == 23
  }

  private static func digit(_ character: UInt8) -> UInt64? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(character - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(character - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(character - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}

extension UUID128: LosslessStringConvertible {
  package init?(_ description: String) { self.init(description[...]) }

  /// The 36-character form in lower case.
  package var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var nibble = 0
      for index in 0..<36 {
        if Self.isHyphen(at: index) {
          buffer[index] = UInt8(ascii: "-")
          continue
        }
        let word = nibble < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15))) & 15
        buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        nibble += 1
      }
      return 36
    }
  }
}

extension UUID128: PostgresArrayElement {
  package static var postgresType: PostgresType { .uuid }
  package static var postgresArrayType: PostgresType { .uuidArray }

  package func encode(into buffer: ParameterBuffer) {
    buffer.write(high)
    buffer.write(low)
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    guard bytes.count == 16 else { throw Self.malformed(bytes) }
    self.init(
      high: bytes.loadBigEndian(UInt64.self), low: bytes.loadBigEndian(UInt64.self, at: 8))
  }
}
