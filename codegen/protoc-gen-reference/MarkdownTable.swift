/// A table, row by row.
struct MarkdownTable {
  private(set) var text: String

  init(_ columns: String...) {
    text = "| \(columns.joined(separator: " | ")) |\n|\(String(repeating: "---|", count: columns.count))\n"
  }

  mutating func row(_ cells: String...) { text += "| \(cells.joined(separator: " | ")) |\n" }
}
