import DynamicMessage

/// Swift source that grows line by line.
struct SourceText {
  private(set) var text = ""
  private var depth = 0

  /// A line at the current indentation; an empty one stays empty.
  mutating func line(_ content: String = "") {
    if !content.isEmpty {
      text += String(repeating: "  ", count: depth)
      text += content
    }
    text += "\n"
  }

  /// A line that ends in `{`, what `body` writes one level deeper, and `}`.
  mutating func block(_ head: String, _ body: (inout SourceText) -> Void) {
    line(head + " {")
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  /// Lines one level deeper.
  mutating func indented(_ body: (inout SourceText) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  /// The comments of a declaration in the `.proto` file, as a doc comment; `fallback` when it has none.
  mutating func doc(_ comments: SchemaComments, isDeprecated: Bool = false, fallback: String? = nil) {
    var lines: [Substring] = []
    for comment in [comments.leading, comments.trailing].compactMap(\.self) {
      if !lines.isEmpty { lines.append("") }
      lines += comment.split(omittingEmptySubsequences: false) { $0.isNewline }
        .map { $0.hasPrefix(" ") ? $0.dropFirst() : $0 }
      while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    }
    if lines.isEmpty, let fallback { lines.append(fallback[...]) }
    if isDeprecated { lines += lines.isEmpty ? ["Deprecated."] : ["", "Deprecated."] }
    for content in lines { line(content.isEmpty ? "///" : "/// " + content) }
  }

  /// A string literal.
  static func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": literal += "\\\(scalar)"
      case " "..."~": literal.unicodeScalars.append(scalar)
      default: literal += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return literal + "\""
  }
}
