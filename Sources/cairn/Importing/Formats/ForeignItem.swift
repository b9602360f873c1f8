import CairnAPI
import Journal
import Wire

/// What one element or file of a foreign format comes to.
typealias ForeignItem = Result<Context, InputError>

extension JSONValue {
  /// The member of an object; nil where there is none, or null.
  subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    let value = members.first { $0.name == name }?.value
    return value == .null ? nil : value
  }

  var text: String? { if case .string(let text) = self { text } else { nil } }
  var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  var number: Double? { if case .number(let digits) = self { Double(digits) } else { nil } }

  /// The first of these members that is a text with something in it.
  func text(_ names: String...) -> String? {
    names.lazy.compactMap { self[$0]?.text }.first { !$0.isEmpty }
  }

  /// A time as seconds since 1970, as RFC 3339, or as a date alone.
  var time: WellKnown.Timestamp? {
    if let number, number > 0, number < 2e11 {
      return WellKnown.Timestamp(microseconds: Int64((number * 1_000_000).rounded()))
    }
    return text.flatMap { WellKnown.Timestamp(written: $0) }
  }
}

extension WellKnown.Timestamp {
  /// A time as people write it: RFC 3339, with a space for the T, without a zone (then UTC), or a date alone.
  init?(written text: String) {
    var bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
    if bytes.count == 10 { bytes += Array("T00:00:00Z".utf8) }
    if bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "t") { bytes[10] = UInt8(ascii: "T") }
    if bytes.last == UInt8(ascii: "z") { bytes[bytes.count - 1] = UInt8(ascii: "Z") }
    if bytes.count == 16 { bytes += Array(":00".utf8) }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let (seconds, nanos) = TimestampText.parse(text) ?? TimestampText.parse(text + "Z") else {
      return nil
    }
    self.init(seconds: seconds, nanos: nanos)
  }
}

extension String {
  /// As a title: one line, not longer than a title may be, or `otherwise` when nothing is left.
  func title(otherwise: String) -> String {
    let line = split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let scalars = line.unicodeScalars.prefix(1_024)
    return scalars.isEmpty ? otherwise : String(String.UnicodeScalarView(scalars))
  }
}
