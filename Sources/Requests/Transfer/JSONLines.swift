/// The lines of a text, with or without a line feed behind the last one.
package struct JSONLines: Sequence, IteratorProtocol, Sendable {
  private var rest: ArraySlice<UInt8>

  package var isAtEnd: Bool { rest.isEmpty }

  package init(_ bytes: [UInt8]) { rest = bytes[...] }

  package mutating func next() -> ArraySlice<UInt8>? {
    if rest.isEmpty { return nil }
    guard let end = rest.firstIndex(of: 0x0A) else {
      defer { rest = [] }
      return rest
    }
    defer { rest = rest[(end + 1)...] }
    return rest[..<end]
  }
}
