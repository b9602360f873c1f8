/// Reads JSON strictly by RFC 8259: no comments, no trailing commas, no lone surrogates, no name twice.
package struct JSONParser {
  /// Arrays and objects nested deeper are refused.
  package static let depthLimit = 100

  private let bytes: [UInt8]
  private var position = 0

  /// - Parameter bytes: UTF-8.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The one value that `text` consists of.
  package static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
    try parse([UInt8](text.utf8))
  }

  /// The one value that `bytes` consist of.
  package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes)
    guard let value = try parser.next() else { throw parser.error("there is no JSON value") }
    parser.skipSpace()
    guard parser.peek == nil else { throw parser.error("text follows the JSON value") }
    return value
  }

  /// The next of several values that follow each other with or without white space; nil at the end.
  package mutating func next() throws(JSONSyntaxError) -> JSONValue? {
    skipSpace()
    return peek == nil ? nil : try value(depth: 0)
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    switch peek {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", meaning: .bool(true))
    case UInt8(ascii: "f"): return try word("false", meaning: .bool(false))
    case UInt8(ascii: "n"): return try word("null", meaning: .null)
    case nil: throw error("the text ends where a value should be")
    default:
      guard isDigit(peek) else { throw error("expected a value") }
      return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> [JSONMember] {
    try open(depth)
    var members: [JSONMember] = []
    var names: Set<TextKey> = []
    if take("}") { return members }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected a name in double quotes") }
      let start = position
      let name = try string()
      guard names.add(name) else {
        position = start
        throw error("the name \"\(name)\" is there twice")
      }
      guard take(":") else { throw error("expected `:` behind \"\(name)\"") }
      skipSpace()
      members.append(JSONMember(name, try value(depth: depth)))
      if take("}") { return members }
      guard take(",") else { throw error("expected `,` or `}`") }
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
    try open(depth)
    var items: [JSONValue] = []
    if take("]") { return items }
    while true {
      skipSpace()
      items.append(try value(depth: depth))
      if take("]") { return items }
      guard take(",") else { throw error("expected `,` or `]`") }
    }
  }

  private mutating func open(_ depth: Int) throws(JSONSyntaxError) {
    guard depth <= Self.depthLimit else { throw error("nested more than \(Self.depthLimit) deep") }
    position += 1
  }

  private mutating func word(_ text: StaticString, meaning value: JSONValue) throws(JSONSyntaxError)
    -> JSONValue
  {
    let length = text.utf8CodeUnitCount
    let letters = UnsafeBufferPointer(start: text.utf8Start, count: length)
    guard bytes[position...].starts(with: letters) else { throw error("expected a value") }
    position += length
    return value
  }

  private mutating func number() throws(JSONSyntaxError) -> String {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    if peek == UInt8(ascii: "0") {
      position += 1
      if isDigit(peek) { throw error("a number must not start with 0") }
    } else {
      try digits()
    }
    if peek == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(JSONSyntaxError) {
    guard isDigit(peek) else { throw error("expected a digit") }
    while isDigit(peek) { position += 1 }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    let opening = position
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          position = opening
          throw error("the string is not valid UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw error("a control character in a string must be escaped")
      default:
        text.append(byte)
        position += 1
      }
    }
    position = opening
    throw error("the string is not closed")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    position += 1
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[position])
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      text.append(contentsOf: Unicode.UTF8.encode(try unicodeEscape()).unsafelyUnwrapped)
      return
    default: throw error("no such escape in a string")
    }
    position += 1
  }

  /// The scalar behind `\u`, of one unit or of a surrogate pair.
  private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let first = try hexUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, peek == UInt8(ascii: "\\"), position + 1 < bytes.count,
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw error("half of a surrogate pair") }
    position += 2
    let second = try hexUnit()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else { throw error("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexUnit() throws(JSONSyntaxError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw error("expected four hexadecimal digits behind \\u")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Skips white space, and then `character` if it is there.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private func error(_ reason: String) -> JSONSyntaxError {
    let before = bytes[..<position]
    let lineStart = (before.lastIndex(of: 0x0A) ?? -1) + 1
    return JSONSyntaxError(
      line: before.count { $0 == 0x0A } + 1, column: position - lineStart + 1, reason: reason)
  }
}
