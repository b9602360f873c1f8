/// Writes a tree as JSON text.
package struct JSONPrinter {
  /// On one line without spaces, or one member or item a line, indented by two spaces.
  package enum Style: Sendable { case compact, indented }

  private let style: Style
  private var text: [UInt8] = []

  private init(_ style: Style) { self.style = style }

  package static func print(_ value: JSONValue, style: Style = .compact) -> String {
    var printer = JSONPrinter(style)
    printer.write(value, indent: 0)
    return String(decoding: printer.text, as: UTF8.self)
  }

  private mutating func write(_ value: JSONValue, indent: Int) {
    switch value {
    case .null: write("null")
    case .bool(let value): write(value ? "true" : "false")
    case .number(let digits): write(digits)
    case .string(let value): quote(value)
    case .array(let items):
      list(items, open: "[", close: "]", indent: indent) { printer, item in
        printer.write(item, indent: indent + 1)
      }
    case .object(let members):
      list(members, open: "{", close: "}", indent: indent) { printer, member in
        printer.quote(member.name)
        printer.write(printer.style == .indented ? ": " : ":")
        printer.write(member.value, indent: indent + 1)
      }
    }
  }

  private mutating func list<Item>(
    _ items: [Item], open: String, close: String, indent: Int, body: (inout JSONPrinter, Item) -> Void
  ) {
    write(open)
    for (index, item) in items.enumerated() {
      if index > 0 { write(",") }
      newLine(indent + 1)
      body(&self, item)
    }
    if !items.isEmpty { newLine(indent) }
    write(close)
  }

  private mutating func newLine(_ indent: Int) {
    guard style == .indented else { return }
    text.append(0x0A)
    text.append(contentsOf: repeatElement(0x20, count: indent * 2))
  }

  private mutating func write(_ string: String) { text.append(contentsOf: string.utf8) }

  /// Escapes what RFC 8259 asks to, and DEL to keep terminals safe; the rest stays UTF-8. Runs without such a byte, which
  /// most strings are, go as a whole.
  private mutating func quote(_ string: String) {
    text.append(0x22)
    var string = string
    string.withUTF8 { bytes in
      var start = 0
      for (index, byte) in bytes.enumerated()
      where byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F {
        text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
        escape(byte)
        start = index + 1
      }
      text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }
    text.append(0x22)
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x22: write("\\\"")
    case 0x5C: write("\\\\")
    case 0x0A: write("\\n")
    case 0x0D: write("\\r")
    case 0x09: write("\\t")
    default:
      let hex = String(byte, radix: 16)
      write("\\u00" + (hex.count == 1 ? "0" : "") + hex)
    }
  }
}
