/// Rows under a head, each column as wide as its widest cell.
struct TextTable {
  struct Column {
    let title: String
    var isRightAligned = false
  }

  struct Cell {
    /// Fit for a terminal.
    let text: String
    var colour: TextStyle.Colour?

    init(_ text: String, _ colour: TextStyle.Colour? = nil) {
      self.text = text
      self.colour = colour
    }
  }

  let columns: [Column]
  /// As many cells each as there are columns.
  var rows: [[Cell]] = []

  func lines(_ style: TextStyle) -> [String] {
    let head = columns.map { Cell($0.title, .bold) }
    let all = [head] + rows
    let widths = columns.indices.map { column in
      all.map { SafeText.columns(of: $0[column].text) }.max() ?? 0
    }
    return all.map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        let room = String(repeating: " ", count: widths[index] - SafeText.columns(of: cell.text))
        let text = style.paint(cell.text, cell.colour)
        let isLast = index == row.count - 1
        line += columns[index].isRightAligned ? room + text : text + (isLast ? "" : room)
        if !isLast { line += "  " }
      }
      // An empty last cell leaves no space behind.
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
