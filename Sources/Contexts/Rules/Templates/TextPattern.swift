/// A small pattern for whole texts: a row of sets of characters, each with how often it may come.
///
/// Without groups and alternatives it is matched in one pass whose time is bounded by the lengths of both,
/// whatever the pattern: nobody can make the server work long with it.
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

    func contains(_ scalar: Unicode.Scalar) -> Bool {
      ranges.contains { $0.contains(scalar.value) } != isInverted
    }

    static let any = CharacterSet(ranges: [], isInverted: true)
    static let digit = CharacterSet(ranges: [0x30...0x39])
    static let word = CharacterSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = CharacterSet(ranges: [0x09...0x0D, 0x20...0x20])
  }

  let parts: [Part]

  private static let longest = 256
  private static let mostParts = 64
  private static let largestCount = 1_000

  /// Nil when it is none, or too long.
  init?(_ text: String) {
    guard text.unicodeScalars.count <= Self.longest else { return nil }
    var rest = Array(text.unicodeScalars)[...]
    var parts: [Part] = []
    while let scalar = rest.popFirst() {
      guard let set = Self.set(scalar, &rest), let part = Self.count(set, &rest) else { return nil }
      parts.append(part)
    }
    guard parts.count <= Self.mostParts else { return nil }
    self.parts = parts
  }

  /// Whether the whole text looks so.
  func matches(_ text: String) -> Bool {
    // The states that the text so far may be in: which part, and how often it has come.
    var states: Set<State> = []
    add(State(part: 0, count: 0), to: &states)
    for scalar in text.unicodeScalars {
      var next: Set<State> = []
      for state in states where state.part < parts.count {
        let part = parts[state.part]
        guard part.set.contains(scalar), part.most.map({ state.count < $0 }) ?? true else { continue }
        // Beyond what is asked for, one more is no other state where there is no upper bound.
        let count = part.most == nil ? min(state.count + 1, part.least) : state.count + 1
        add(State(part: state.part, count: count), to: &next)
      }
      if next.isEmpty { return false }
      states = next
    }
    return states.contains { $0.part == parts.count }
  }

  private struct State: Hashable {
    let part: Int
    let count: Int
  }

  /// The state, and those that follow from it without a character.
  private func add(_ state: State, to states: inout Set<State>) {
    var state = state
    while states.insert(state).inserted, state.part < parts.count, state.count >= parts[state.part].least {
      state = State(part: state.part + 1, count: 0)
    }
  }

  // MARK: Reading

  private static func set(_ scalar: Unicode.Scalar, _ rest: inout ArraySlice<Unicode.Scalar>) -> CharacterSet?
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

  private static func count(_ set: CharacterSet, _ rest: inout ArraySlice<Unicode.Scalar>) -> Part? {
    switch rest.first {
    case "*": rest.removeFirst(); return Part(set: set, least: 0, most: nil)
    case "+": rest.removeFirst(); return Part(set: set, least: 1, most: nil)
    case "?": rest.removeFirst(); return Part(set: set, least: 0, most: 1)
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
