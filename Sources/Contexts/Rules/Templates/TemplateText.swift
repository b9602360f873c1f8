/// A text with places for values, in pieces.
///
/// `{{name}}` is a variable, `{{> id}}` another template, `\{{` two braces as they are.
struct TemplateText: Equatable {
  enum Piece: Equatable {
    case text(String)
    case variable(String)
    case template(String)
  }

  let pieces: [Piece]

  /// What is wrong with a text, to follow "the text …".
  struct SyntaxError: Error, Equatable {
    let description: String
  }

  init(_ source: String) throws(SyntaxError) {
    var pieces: [Piece] = []
    var text = ""
    var rest = source[...]
    while let brace = rest.firstIndex(of: "{") {
      text += rest[..<brace]
      rest = rest[brace...]
      guard rest.hasPrefix("{{") else {
        text += "{"
        rest = rest.dropFirst()
        continue
      }
      if text.last == "\\" {
        text.removeLast()
        text += "{{"
        rest = rest.dropFirst(2)
        continue
      }
      let line = Self.line(of: rest.startIndex, in: source)
      guard let end = rest.firstRange(of: "}}") else {
        throw SyntaxError(description: "has `{{` without `}}` in line \(line)")
      }
      if !text.isEmpty { pieces.append(.text(text)) }
      text = ""
      pieces.append(try Self.place(rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound], line))
      rest = rest[end.upperBound...]
    }
    text += rest
    if !text.isEmpty { pieces.append(.text(text)) }
    self.pieces = pieces
  }

  /// What stands between the braces.
  private static func place(_ inside: Substring, _ line: Int) throws(SyntaxError) -> Piece {
    let name = inside.trimmingSpaces
    if name.hasPrefix(">") {
      let id = String(name.dropFirst().trimmingSpaces)
      if id.isEmpty { throw SyntaxError(description: "has `{{>}}` without a template's id in line \(line)") }
      return .template(id)
    }
    guard isName(name) else {
      throw SyntaxError(
        description:
          "has `{{\(String(inside).cut(to: 50))}}` in line \(line), which is no name of a variable; "
          + "write `\\{{` for braces as they are")
    }
    return .variable(String(name))
  }

  /// A letter or `_`, then letters, digits and `_`, up to 64.
  static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    return !first.isDigit && text.utf8.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "_") }
  }

  private static func line(of place: String.Index, in source: String) -> Int {
    source[..<place].utf8.count { $0 == 0x0A } + 1
  }

  /// Names of the variables in it, in their order, each once.
  var variables: [String] { unique { if case .variable(let name) = $0 { name } else { nil } } }

  /// Ids of the templates in it, in their order, each once.
  var templates: [String] { unique { if case .template(let id) = $0 { id } else { nil } } }

  private func unique(_ name: (Piece) -> String?) -> [String] {
    var seen: Set<String> = []
    return pieces.compactMap(name).filter { seen.insert($0).inserted }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = self
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
