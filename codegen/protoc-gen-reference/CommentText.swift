/// A comment of a `.proto` file, taken apart.
struct CommentText {
  enum Paragraph: Equatable {
    /// Running text, on one line.
    case prose(String)
    /// Lines that stand apart from the text around them, such as a formula.
    case verbatim([String])
  }

  private(set) var paragraphs: [Paragraph] = []

  /// - Parameter comment: As protoc gives it: each line as it stands behind `//`.
  init(_ comment: String?) {
    var lines: [String] = []
    for line in (comment ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      let text = line.first == " " ? line.dropFirst() : line
      if text.allSatisfy(\.isWhitespace) {
        close(&lines)
      } else {
        lines.append(String(text))
      }
    }
    close(&lines)
  }

  /// The whole text on one line.
  var oneLine: String {
    paragraphs.map { paragraph in
      switch paragraph {
      case .prose(let text): text
      case .verbatim(let lines): lines.map { "`\($0)`" }.joined(separator: " ")
      }
    }.joined(separator: " ")
  }

  /// What the text begins with, up to the first full stop.
  var firstSentence: String {
    let text = oneLine
    guard let range = text.firstRange(of: ". ") else { return text }
    return String(text[...range.lowerBound])
  }

  private mutating func close(_ lines: inout [String]) {
    defer { lines = [] }
    if lines.isEmpty { return }
    if lines.allSatisfy({ $0.hasPrefix("  ") }) {
      paragraphs.append(.verbatim(lines.map { String($0.drop { $0 == " " }) }))
    } else {
      paragraphs.append(.prose(lines.joined(separator: " ")))
    }
  }
}
