import Requests
import Wire

/// A text with places for values, in pieces.
///
/// `{{name}}` is a variable, `{{> id}}` another template, `\{{` two braces as they are. Read byte by byte in
/// one pass: what makes a place is ASCII, which is no part of any other character in UTF-8.
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
    var text: [UInt8] = []
    var rest = ArraySlice(source.utf8)
    var line = 1
    func take(_ count: Int) -> ArraySlice<UInt8> {
      let taken = rest.prefix(count)
      rest = rest.dropFirst(count)
      line += taken.count { $0 == UInt8(ascii: "\n") }
      return taken
    }
    while let braces = rest.firstPair(UInt8(ascii: "{")) {
      text += take(braces - rest.startIndex)
      _ = take(2)
      if text.last == UInt8(ascii: "\\") {
        text[text.count - 1] = UInt8(ascii: "{")
        text.append(UInt8(ascii: "{"))
        continue
      }
      guard let end = rest.firstPair(UInt8(ascii: "}")) else {
        throw SyntaxError(description: "has `{{` without `}}` in line \(line)")
      }
      if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
      text = []
      let begin = line
      pieces.append(try Self.place(String(decoding: take(end - rest.startIndex), as: UTF8.self), line: begin))
      _ = take(2)
    }
    text += rest
    if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
    self.pieces = pieces
  }

  /// What stands between the braces.
  private static func place(_ inside: String, line: Int) throws(SyntaxError) -> Piece {
    let name = inside.unicodeScalars[...].trimmingSpaces
    if name.first == ">" {
      let id = String(name.dropFirst().trimmingSpaces)
      if id.isEmpty { throw SyntaxError(description: "has `{{>}}` without a template's id in line \(line)") }
      if id.unicodeScalars.count > Limits.idLength {
        throw SyntaxError(description: "has a template's id that is too long in line \(line)")
      }
      return .template(id)
    }
    let text = String(name)
    guard isName(text) else {
      throw SyntaxError(
        description: "has `{{\(inside.cut(to: 50))}}` in line \(line), which is no name of a variable; "
          + "write `\\{{` for braces as they are")
    }
    return .variable(text)
  }

  /// A letter or `_`, then letters, digits and `_`, up to 64.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    return !first.isDigit && text.utf8.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "_") }
  }

  /// Names of the variables in it, in their order, each once.
  var variables: [String] { unique { if case .variable(let name) = $0 { name } else { nil } } }

  /// Ids of the templates in it, in their order, each once.
  var templates: [String] { unique { if case .template(let id) = $0 { id } else { nil } } }

  private func unique(_ name: (Piece) -> String?) -> [String] {
    var seen: Set<TextKey> = []
    return pieces.compactMap(name).filter { seen.add($0) }
  }
}

extension ArraySlice<UInt8> {
  /// Where two of `byte` stand side by side.
  fileprivate func firstPair(_ byte: UInt8) -> Int? {
    var rest = self
    while let place = rest.firstIndex(of: byte) {
      if place + 1 < endIndex, self[place + 1] == byte { return place }
      rest = self[(place + 1)...]
    }
    return nil
  }
}

extension Substring.UnicodeScalarView {
  fileprivate var trimmingSpaces: Substring.UnicodeScalarView {
    var view = drop { $0.properties.isWhitespace }
    while view.last?.properties.isWhitespace == true { view.removeLast() }
    return view
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
