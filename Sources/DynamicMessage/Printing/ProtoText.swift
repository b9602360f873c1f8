/// Lines of `.proto` source on their way to one text.
struct ProtoText {
  private(set) var lines: [String] = []
  private var indent = 0

  mutating func line(_ text: String) {
    lines.append(text.isEmpty ? "" : String(repeating: "  ", count: indent) + text)
  }

  mutating func open(_ head: String, comments: SchemaComments) {
    comment(comments.leading)
    line(head + " {")
    indent += 1
    comment(comments.trailing)
  }

  /// Closes the innermost block; one without a line in it stays on one line.
  mutating func close() {
    indent -= 1
    if let last = lines.last, last.hasSuffix("{") {
      lines[lines.count - 1] = last + "}"
    } else {
      line("}")
    }
  }

  mutating func statement(_ text: String, comments: SchemaComments) {
    comment(comments.leading)
    let trailing = Self.rows(comments.trailing)
    line(trailing.count == 1 ? "\(text)  //\(trailing[0])" : text)
    if trailing.count > 1 { comment(comments.trailing) }
  }

  mutating func comment(_ text: String?) {
    for row in Self.rows(text) { line("//" + row) }
  }

  /// Leaves an empty line, unless a block was just opened.
  mutating func separate() {
    if let last = lines.last, !last.hasSuffix("{"), !last.isEmpty { line("") }
  }

  private static func rows(_ text: String?) -> [Substring] {
    guard var rows = text?.split(separator: "\n", omittingEmptySubsequences: false) else { return [] }
    if rows.last?.isEmpty ?? false { rows.removeLast() }
    return rows.map { row in
      var row = row
      while row.last == " " || row.last == "\r" { row.removeLast() }
      return row
    }
  }
}
