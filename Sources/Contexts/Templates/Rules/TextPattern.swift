/// A small pattern for whole texts: a row of sets of characters, each with how often it may come.
///
/// There are no groups and no alternatives, so a text is matched in one pass, whatever the pattern:
/// see ``PatternRun``.
struct TextPattern: Equatable {
  struct Part: Equatable {
    var set: CharacterSet
    var least: Int
    /// Nil: as often as it comes.
    var most: Int?
  }

  struct CharacterSet: Equatable {
    var ranges: [ClosedRange<UInt32>]
    var isInverted = false

    static let any = CharacterSet(ranges: [], isInverted: true)
    static let digit = CharacterSet(ranges: [0x30...0x39])
    static let word = CharacterSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = CharacterSet(ranges: [0x09...0x0D, 0x20...0x20])
  }

  let parts: [Part]

  private static let longest = 256
  static let mostParts = 64
  private static let largestCount = 1_000

  /// Nil when it is none, or too long.
  init?(_ text: String) {
    guard text.utf8.count <= 4 * Self.longest, text.unicodeScalars.count <= Self.longest else { return nil }
    var rest = Array(text.unicodeScalars)[...]
    var parts: [Part] = []
    while let scalar = rest.popFirst() {
      guard let set = Self.set(beginning: scalar, rest: &rest), let part = Self.count(of: set, rest: &rest)
      else { return nil }
      parts.append(part)
    }
    guard parts.count <= Self.mostParts else { return nil }
    self.parts = parts
  }

  private static func set(beginning scalar: Unicode.Scalar, rest: inout ArraySlice<Unicode.Scalar>)
    -> CharacterSet?
  {
    switch scalar {
    case ".": return .any
    case "\\": return rest.popFirst().flatMap { escaped($0) }
    case "[": return bracket(&rest)
    // What means something elsewhere is refused rather than taken for itself.
    case "*", "+", "?", "{", "}", "]", "(", ")", "|", "^", "$": return nil
    default: return CharacterSet(ranges: [scalar.value...scalar.value])
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> CharacterSet? {
    switch scalar {
    case "d": return .digit
    case "w": return .word
    case "s": return .space
    default:
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { return nil }
      return CharacterSet(ranges: [scalar.value...scalar.value])
    }
  }

  private static func bracket(_ rest: inout ArraySlice<Unicode.Scalar>) -> CharacterSet? {
    var set = CharacterSet(ranges: [])
    if rest.first == "^" {
      rest.removeFirst()
      set.isInverted = true
    }
    while let scalar = rest.popFirst() {
      if scalar == "]" { return set.ranges.isEmpty ? nil : set }
      if scalar == "\\" {
        guard let inner = rest.popFirst().flatMap({ escaped($0) }) else { return nil }
        set.ranges += inner.ranges
      } else if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
        guard scalar.value <= end.value else { return nil }
        set.ranges.append(scalar.value...end.value)
        rest.removeFirst(2)
      } else {
        set.ranges.append(scalar.value...scalar.value)
      }
    }
    return nil
  }

  private static func count(of set: CharacterSet, rest: inout ArraySlice<Unicode.Scalar>) -> Part? {
    switch rest.first {
    case "*":
      rest.removeFirst()
      return Part(set: set, least: 0, most: nil)
    case "+":
      rest.removeFirst()
      return Part(set: set, least: 1, most: nil)
    case "?":
      rest.removeFirst()
      return Part(set: set, least: 0, most: 1)
    case "{":
      guard let end = rest.firstIndex(of: "}") else { return nil }
      let inside = String(String.UnicodeScalarView(rest[(rest.startIndex + 1)..<end]))
      rest = rest[(end + 1)...]
      let numbers = inside.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(numbers.count), let least = numbers[0], (0...largestCount).contains(least),
        inside.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2C })
      else { return nil }
      if numbers.count == 1 { return Part(set: set, least: least, most: least) }
      if inside.hasSuffix(",") { return Part(set: set, least: least, most: nil) }
      guard let most = numbers[1], (max(1, least)...largestCount).contains(most) else { return nil }
      return Part(set: set, least: least, most: most)
    default: return Part(set: set, least: 1, most: 1)
    }
  }
}
