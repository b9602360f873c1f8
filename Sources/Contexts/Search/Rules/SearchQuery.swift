/// What a search looks for, read from the text that a person or an agent wrote. Every text can be read:
/// what has no meaning has no effect.
struct SearchQuery: Equatable {
  /// One thing that is looked for.
  struct Term: Equatable {
    /// A word, or the words of a phrase.
    var text: String
    /// Whether it must not be there.
    var isExcluded = false
    /// Whether words that begin so count, too.
    var isPrefix = false
    /// Whether its words must stand next to each other.
    var isPhrase = false
  }

  /// Each of these must be met, by one of its terms.
  private(set) var groups: [[Term]] = []
  /// Whether a star stands behind less than ``shortestPrefix`` characters: nearly every word would match.
  private(set) var hasShortPrefix = false

  static let shortestPrefix = 2

  /// Whether it can be met by what a text lacks.
  var hasExclusion: Bool { groups.contains { $0.contains(where: \.isExcluded) } }

  var termCount: Int { groups.reduce(0) { $0 + $1.count } }

  init(_ text: String) {
    var joins = false
    for token in Tokens(text) {
      switch token {
      case .or: joins = !groups.isEmpty
      case .term(let term):
        if term.isPrefix, term.text.unicodeScalars.count < Self.shortestPrefix { hasShortPrefix = true }
        if joins { groups[groups.count - 1].append(term) } else { groups.append([term]) }
        joins = false
      }
    }
  }

  /// The text that `to_tsquery` understands. What was written stands in quotes only, where PostgreSQL makes
  /// words of it as it does of texts; so no text is a syntax error.
  var tsquery: String { Self.tsquery(of: groups) }

  /// A tsquery that each of the groups meets by one of its terms.
  static func tsquery(of groups: [[Term]]) -> String {
    groups.map { group in
      let terms = group.map(\.tsquery).joined(separator: " | ")
      return group.count > 1 ? "(\(terms))" : terms
    }.joined(separator: " & ")
  }

  /// A text as one operand of a tsquery.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
  }
}

extension SearchQuery.Term {
  var tsquery: String {
    (isExcluded ? "!" : "") + SearchQuery.quoted(plainText) + (isPrefix ? ":*" : "")
  }

  /// As `context_plain` makes texts plain before words are made of them.
  private var plainText: String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { "<>&".unicodeScalars.contains($0) ? " " : $0 }))
  }
}

/// The terms of a query, one after the other.
private struct Tokens: Sequence, IteratorProtocol {
  enum Token {
    case or
    case term(SearchQuery.Term)
  }

  private var rest: Substring.UnicodeScalarView

  init(_ text: String) { rest = text[...].unicodeScalars }

  mutating func next() -> Token? {
    while true {
      rest = rest.drop { $0.properties.isWhitespace }
      guard let first = rest.first else { return nil }
      let isExcluded = first == "-"
      if isExcluded { rest = rest.drop { $0 == "-" } }
      if rest.first == "\"" {
        let phrase = quoted()
        if phrase.hasWord { return .term(.init(text: phrase, isExcluded: isExcluded, isPhrase: true)) }
        continue
      }
      var word = String(rest.prefix { !$0.properties.isWhitespace && $0 != "\"" })
      rest = rest.dropFirst(word.unicodeScalars.count)
      if word == "OR", !isExcluded { return .or }
      let isPrefix = word.last == "*"
      while word.last == "*" { word.removeLast() }
      if word.hasWord { return .term(.init(text: word, isExcluded: isExcluded, isPrefix: isPrefix)) }
    }
  }

  /// What stands between the quote that comes next and the one after it, or the end.
  private mutating func quoted() -> String {
    rest = rest.dropFirst()
    let phrase = rest.prefix { $0 != "\"" }
    rest = rest[phrase.endIndex...].dropFirst()
    return String(phrase)
  }
}

extension String {
  /// Whether a word can be made of it. Some symbols are no letters and yet words of their own; then
  /// PostgreSQL decides.
  fileprivate var hasWord: Bool {
    unicodeScalars.contains { !$0.isASCII || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
  }
}
