import Glibc

/// A list of header fields, in order, in one buffer.
///
/// Each field is kept as two 4-byte lengths, its name and its value, so that a block costs one
/// allocation however many fields it has, and none when it is empty. Names are lower-case, as
/// HTTP/2 has them; both are bytes.
package struct HeaderBlock: Sendable, Hashable {
  private var storage: [UInt8] = []
  /// How many fields there are.
  package private(set) var count = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  /// The size RFC 9113 §6.5.2 gives a header list: names, values, and 32 bytes a field.
  package var listSize: Int { storage.count + count * 24 }

  /// The size that a field of these lengths adds to it.
  package static func listSize(nameLength: Int, valueLength: Int) -> Int { nameLength + valueLength + 32 }

  package mutating func append(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
    let size = 8 + name.count + value.count
    if storage.isEmpty { storage.reserveCapacity(max(96, size)) }
    appendLength(name.count)
    appendLength(value.count)
    storage.append(contentsOf: UnsafeRawBufferPointer(name))
    storage.append(contentsOf: UnsafeRawBufferPointer(value))
    count += 1
  }

  package mutating func append(_ name: String, _ value: String) {
    var name = name
    var value = value
    name.withUTF8 { name in value.withUTF8 { value in append(name: name, value: value) } }
  }

  private mutating func appendLength(_ length: Int) {
    withUnsafeBytes(of: UInt32(length)) { storage.append(contentsOf: $0) }
  }

  /// Calls `body` with each field in order until it returns false.
  package func visit(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool) {
    storage.withUnsafeBytes { raw in
      var offset = 0
      for _ in 0..<count {
        let nameLength = Int(raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let valueLength = Int(raw.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        let bytes = UnsafeRawBufferPointer(
          rebasing: raw[(offset + 8)..<(offset + 8 + nameLength + valueLength)]
        )
        .assumingMemoryBound(to: UInt8.self)
        let name = UnsafeBufferPointer(rebasing: bytes[..<nameLength])
        let value = UnsafeBufferPointer(rebasing: bytes[nameLength...])
        guard body(name, value) else { return }
        offset += 8 + nameLength + valueLength
      }
    }
  }

  /// Calls `each` with every field, then `then`, while the bytes of all of them stay in place.
  func withFields<T>(
    _ each: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Void, then: () -> T
  ) -> T {
    storage.withUnsafeBytes { _ in
      visit {
        each($0, $1)
        return true
      }
      return then()
    }
  }

  /// The first value under `name`, which must be lower-case.
  package func first(_ name: String) -> String? {
    var result: String?
    visit { candidate, value in
      guard name.utf8.count == candidate.count, name.utf8.elementsEqual(candidate) else { return true }
      result = String(decoding: value, as: UTF8.self)
      return false
    }
    return result
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are exactly those of `text`.
  @inlinable package func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && memcmp(baseAddress!, text.utf8Start, count) == 0
  }

  /// Whether the bytes begin with those of `text`.
  @inlinable package func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && memcmp(baseAddress!, text.utf8Start, text.utf8CodeUnitCount) == 0
  }
}
