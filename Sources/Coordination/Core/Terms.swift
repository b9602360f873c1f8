import Wire

/// What an agent has and tasks require or prefer: capabilities, and labels with their values. In the order of their bytes, each
/// once.
struct Terms: Equatable, Sendable {
  let texts: [String]

  init(capabilities: [String] = [], labels: [TextKey: String] = [:]) {
    let all = Set(capabilities.map { TextKey($0) } + labels.map { TextKey(Self.label($0.text, $1)) })
    texts = all.sorted().map(\.text)
  }

  /// As the database has them.
  init(sorted texts: [String]) { self.texts = texts }

  /// A label is no capability, whatever that is called: no capability has a control character.
  private static func label(_ key: String, _ value: String) -> String { "\u{1}\(key)=\(value)" }
}

/// Terms to look up others in.
struct TermSet: Sendable {
  private let terms: Set<TextKey>

  init(_ terms: [String]) { self.terms = Set(terms.map { TextKey($0) }) }

  var count: Int { terms.count }

  func hasAll(of others: [String]) -> Bool { others.allSatisfy { terms.contains(TextKey($0)) } }

  /// How many of the others it has.
  func matches(_ others: [String]) -> Int { others.count { terms.contains(TextKey($0)) } }
}
