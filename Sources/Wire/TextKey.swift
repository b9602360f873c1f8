import Glibc

/// A text that is told apart by its bytes in UTF-8, as PostgreSQL, protobuf and JSON do it.
///
/// Swift's own comparison is by canonical equivalence: to it `é` as one code point and as two are the same
/// text, and so are `K` and the Kelvin sign. What a client names, ids above all, is kept in sets and
/// dictionaries under keys of this type.
public struct TextKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let text: String

  @inlinable public init(_ text: String) { self.text = text }

  @inlinable public var description: String { text }

  @inlinable public static func == (left: TextKey, right: TextKey) -> Bool {
    left.text.hasSameBytes(as: right.text)
  }

  @inlinable public static func < (left: TextKey, right: TextKey) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  @inlinable public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // Never a byte of UTF-8: where one text ends and the next one begins counts.
    hasher.combine(0xff as UInt8)
  }
}

extension TextKey: ExpressibleByStringLiteral {
  @inlinable public init(stringLiteral text: String) { self.init(text) }
}

extension String {
  /// Whether both are the same text in UTF-8; `==` is also true of canonically equivalent ones.
  @inlinable public func hasSameBytes(as other: String) -> Bool {
    if utf8.count != other.utf8.count { return false }
    var (left, right) = (self, other)
    return left.withUTF8 { left in
      right.withUTF8 { right in
        left.isEmpty || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
      }
    }
  }
}

extension Set<TextKey> {
  @inlinable public init(of texts: some Sequence<String>) { self.init(texts.lazy.map { TextKey($0) }) }

  @inlinable public func contains(_ text: String) -> Bool { contains(TextKey(text)) }

  /// Whether it was not in the set yet.
  @inlinable public mutating func add(_ text: String) -> Bool { insert(TextKey(text)).inserted }

  /// The texts in the order of their bytes.
  @inlinable public var sortedTexts: [String] { sorted().map(\.text) }
}

extension Dictionary where Key == TextKey {
  @inlinable public subscript(_ text: String) -> Value? {
    get { self[TextKey(text)] }
    set { self[TextKey(text)] = newValue }
  }
}
