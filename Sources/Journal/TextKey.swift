import Glibc

/// A text that is told apart by its bytes in UTF-8, as PostgreSQL, protobuf and JSON do it.
///
/// Swift's own comparison is by canonical equivalence: to it `é` as one code point and as two are the same
/// text, and so are `K` and the Kelvin sign. What a client names, ids above all, is kept in sets and
/// dictionaries under keys of this type.
package struct TextKey: Hashable, Comparable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: TextKey, right: TextKey) -> Bool { left.text.hasSameBytes(as: right.text) }

  package static func < (left: TextKey, right: TextKey) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // Never a byte of UTF-8: where one text ends and the next one begins counts.
    hasher.combine(0xff as UInt8)
  }
}

extension TextKey: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self.init(text) }
}

extension String {
  /// Whether both are the same text in UTF-8; `==` is also true of canonically equivalent ones.
  package func hasSameBytes(as other: String) -> Bool {
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
  package init(of texts: some Sequence<String>) { self.init(texts.lazy.map { TextKey($0) }) }

  package func contains(_ text: String) -> Bool { contains(TextKey(text)) }

  /// Whether it was not in the set yet.
  package mutating func add(_ text: String) -> Bool { insert(TextKey(text)).inserted }

  /// The texts in the order of their bytes.
  package var sortedTexts: [String] { sorted().map(\.text) }
}

extension Dictionary where Key == TextKey {
  package subscript(_ text: String) -> Value? {
    get { self[TextKey(text)] }
    set { self[TextKey(text)] = newValue }
  }
}
