import Wire

/// The text of a configuration file: `name = value` a line, a subset of TOML.
///
/// Values are strings in double quotes, whole numbers, `true`, `false`, or a list of strings in brackets
/// on one line. `#` begins a comment.
struct ConfigurationFile: Equatable {
  struct Entry: Equatable {
    let name: String
    let values: [String]
    let line: Int
  }

  private(set) var entries: [Entry] = []

  /// - Parameter path: for the messages.
  init(text: String, path: String) throws(ConfigurationError) {
    var problems: [String] = []
    // By bytes: to a String, a carriage return and a line feed are one character.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      var scanner = LineScanner(Substring(line))
      switch scanner.entry() {
      case .nothing: continue
      case .problem(let problem): problems.append("\(path), line \(index + 1): \(problem)")
      case .entry(let name, let values):
        if let first = entries.first(where: { $0.name == name }) {
          problems.append("\(path), line \(index + 1): \(name) is there already, in line \(first.line)")
        }
        entries.append(Entry(name: name, values: values, line: index + 1))
      }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
  }
}

/// Reads one line.
private struct LineScanner {
  enum Outcome {
    case nothing
    case entry(String, [String])
    case problem(String)
  }

  private var rest: Substring

  init(_ line: Substring) { rest = line }

  mutating func entry() -> Outcome {
    skipSpace()
    if isAtEnd { return .nothing }
    if rest.first == "[" { return .problem("sections are not used here; write `name = value`") }
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    rest = rest.dropFirst(name.count)
    skipSpace()
    guard !name.isEmpty, take("=") else { return .problem("expected `name = value`") }
    skipSpace()
    guard let values = rest.first == "[" ? list() : value().map({ [$0] }) else {
      return .problem(
        "the value must be a text in double quotes, a whole number, true, false or a list of texts")
    }
    skipSpace()
    guard isAtEnd else { return .problem("text follows the value") }
    return .entry(String(name), values)
  }

  private var isAtEnd: Bool { rest.isEmpty || rest.first == "#" }

  private mutating func list() -> [String]? {
    var values: [String] = []
    rest = rest.dropFirst()
    while true {
      skipSpace()
      if take("]") { return values.isEmpty ? nil : values }
      guard rest.first == "\"", let value = value() else { return nil }
      values.append(value)
      skipSpace()
      guard take(",") || rest.first == "]" else { return nil }
    }
  }

  private mutating func value() -> String? {
    guard rest.first == "\"" else {
      let word = rest.prefix { !$0.isWhitespace && $0 != "#" && $0 != "," && $0 != "]" }
      rest = rest.dropFirst(word.count)
      if word == "true" || word == "false" { return String(word) }
      let digits = word.filter { $0 != "_" }
      return Quantity.count(digits).map { "\($0)" }
    }
    // A TOML string is a JSON string except for escapes that are not needed here.
    var end = rest.index(after: rest.startIndex)
    while end < rest.endIndex, rest[end] != "\"" {
      if rest[end] == "\\" { end = rest.index(after: end) }
      if end < rest.endIndex { end = rest.index(after: end) }
    }
    guard end < rest.endIndex else { return nil }
    let quoted = String(rest[...end])
    rest = rest[rest.index(after: end)...]
    guard case .string(let text)? = try? JSONParser.parse(quoted) else { return nil }
    return text
  }

  private mutating func take(_ character: Character) -> Bool {
    guard rest.first == character else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\r" } }
}
