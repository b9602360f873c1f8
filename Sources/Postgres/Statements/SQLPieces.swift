/// A SQL text in pieces: what goes to the server as it is, and what stands for something else.
///
/// `@name` is a parameter; `{name}` includes a fragment, and `{alias.name}` a fragment that lists columns, each with
/// `alias.` before it. Neither means anything inside of quotes. Comments are left out.
enum SQLPiece: Equatable {
  case sql(String)
  case parameter(String)
  case include(String, alias: String?)
}

/// Cuts a SQL text into pieces. Pure.
struct SQLScanner {
  private let text: [UInt8]
  private var place = 0
  private var pieces: [SQLPiece] = []
  /// Of the run of SQL that is being read.
  private var start = 0

  static func pieces(of text: some StringProtocol) -> [SQLPiece] {
    var scanner = SQLScanner(text: Array(text.utf8))
    scanner.run()
    return scanner.pieces
  }

  private init(text: [UInt8]) { self.text = text }

  private mutating func run() {
    while place < text.count {
      switch text[place] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): skipQuoted()
      case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipComment()
      case UInt8(ascii: "@"): takeParameter()
      case UInt8(ascii: "{"): takeInclude()
      default: place += 1
      }
    }
    endRun(at: text.count)
  }

  private func peek(_ distance: Int) -> UInt8 {
    text.indices.contains(place + distance) ? text[place + distance] : 0
  }

  private mutating func endRun(at end: Int) {
    if end > start { pieces.append(.sql(String(decoding: text[start..<end], as: UTF8.self))) }
  }

  private mutating func skipQuoted() {
    let quote = text[place]
    place += 1
    while place < text.count, text[place] != quote { place += 1 }
    place += 1
  }

  private mutating func skipComment() {
    endRun(at: place)
    while place < text.count, text[place] != UInt8(ascii: "\n") { place += 1 }
    start = place
  }

  /// `@@` and `@>` are operators.
  private mutating func takeParameter() {
    let isOperator = place > 0 && Self.operators.contains(text[place - 1])
    let end = word(from: place + 1)
    guard !isOperator, end > place + 1 else {
      place += 1
      return
    }
    endRun(at: place)
    pieces.append(.parameter(String(decoding: text[place + 1..<end], as: UTF8.self)))
    (place, start) = (end, end)
  }

  private mutating func takeInclude() {
    let first = word(from: place + 1)
    let second =
      text.indices.contains(first) && text[first] == UInt8(ascii: ".") ? word(from: first + 1) : nil
    let end = second ?? first
    guard first > place + 1, second != first + 1, text.indices.contains(end), text[end] == UInt8(ascii: "}")
    else {
      place += 1
      return
    }
    endRun(at: place)
    let name = String(decoding: text[place + 1..<first], as: UTF8.self)
    if let second {
      pieces.append(.include(String(decoding: text[first + 1..<second], as: UTF8.self), alias: name))
    } else {
      pieces.append(.include(name, alias: nil))
    }
    (place, start) = (end + 1, end + 1)
  }

  /// Where the word ends that begins at a place: lower-case letters, digits and underscores, the first a letter.
  private func word(from place: Int) -> Int {
    guard text.indices.contains(place), Self.letters.contains(text[place]) else { return place }
    var end = place
    while end < text.count,
      Self.letters.contains(text[end]) || Self.digits.contains(text[end]) || text[end] == UInt8(ascii: "_")
    { end += 1 }
    return end
  }

  private static let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  private static let operators = Set("@<>=!~#&|?+-*/%^".utf8)
}
