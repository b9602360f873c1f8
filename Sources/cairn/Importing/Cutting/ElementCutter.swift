/// Cuts the elements out of a JSON array that a stream of bytes is, so that a large one needs not be held; a
/// single object is an element of its own. Pure.
///
/// It only looks for the ends: whether an element is JSON is for the parser to say.
struct ElementCutter {
  private enum Place { case before, inArray, after }

  private var place = Place.before
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var element: [UInt8] = []
  /// Whether bytes other than white space came behind the end.
  private(set) var hasMore = false

  /// Whether the file ended before the array did.
  var isCut: Bool { place == .inArray || !element.isEmpty }

  mutating func feed(_ bytes: [UInt8]) -> [[UInt8]] {
    var complete: [[UInt8]] = []
    for byte in bytes {
      if let done = step(byte) { complete.append(done) }
    }
    return complete
  }

  private mutating func step(_ byte: UInt8) -> [UInt8]? {
    if !element.isEmpty { return inside(byte) }
    if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { return nil }
    switch (place, byte) {
    case (.before, 0xEF), (.before, 0xBB), (.before, 0xBF): return nil
    case (.before, UInt8(ascii: "[")):
      place = .inArray
      return nil
    case (.inArray, UInt8(ascii: "]")):
      place = .after
      return nil
    case (.inArray, UInt8(ascii: ",")): return nil
    case (.after, _):
      hasMore = true
      return nil
    default: return inside(byte)
    }
  }

  /// A byte of an element; the element when it ends here.
  private mutating func inside(_ byte: UInt8) -> [UInt8]? {
    // A number or a word ends where the next thing begins.
    if depth == 0, !isInString, !element.isEmpty, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") {
      if byte == UInt8(ascii: "]") { place = .after }
      return taken()
    }
    element.append(byte)
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return nil
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth <= 0 {
        depth = 0
        if place == .before { place = .after }
        return taken()
      }
    default: break
    }
    return nil
  }

  private mutating func taken() -> [UInt8] {
    defer { element = [] }
    return element
  }
}
