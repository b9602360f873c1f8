/// Whole numbers out of JSON numbers, without a detour through floating point.
package enum JSONInteger {
  /// The whole number that `text` says, e.g. `-12`, `1e3`, `2.50e1`; nil when it has a fraction, does not
  /// fit, or is no JSON number.
  package static func parse<T: FixedWidthInteger>(_ text: some StringProtocol, as: T.Type = T.self) -> T? {
    guard let decimal = Decimal(text) else { return nil }
    // Beyond this no digit that is not zero can be left, and no such number of zeros is ever appended.
    let digits = decimal.digits.drop { $0 == 0 }
    guard let last = digits.lastIndex(where: { $0 != 0 }) else { return 0 }
    let exponent = decimal.exponent + (digits.endIndex - 1 - last)
    guard exponent >= 0, exponent <= 20 else { return nil }
    var value: T = 0
    for digit in digits[...last] + repeatElement(0, count: exponent) {
      let (scaled, scaleOverflow) = value.multipliedReportingOverflow(by: 10)
      let step = T(digit)
      let (sum, sumOverflow) =
        decimal.isNegative
        ? scaled.subtractingReportingOverflow(step) : scaled.addingReportingOverflow(step)
      if scaleOverflow || sumOverflow { return nil }
      value = sum
    }
    return value
  }

  /// `digits` times ten to the power of `exponent`.
  private struct Decimal {
    var isNegative = false
    var digits: [UInt8] = []
    var exponent = 0

    init?(_ text: some StringProtocol) {
      var rest = text.utf8[...]
      if rest.first == UInt8(ascii: "-") {
        isNegative = true
        rest = rest.dropFirst()
      }
      let whole = rest.prefix(while: Self.isDigit)
      guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
      digits = whole.map { $0 - UInt8(ascii: "0") }
      rest = rest.dropFirst(whole.count)
      if rest.first == UInt8(ascii: ".") {
        let fraction = rest.dropFirst().prefix(while: Self.isDigit)
        guard !fraction.isEmpty else { return nil }
        digits += fraction.map { $0 - UInt8(ascii: "0") }
        exponent = -fraction.count
        rest = rest.dropFirst(1 + fraction.count)
      }
      if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
        let power = String(decoding: rest.dropFirst(), as: UTF8.self)
        // An exponent that does not fit 32 bits is far beyond any number of digits.
        guard let power = Int32(power) else { return nil }
        exponent += Int(power)
        rest = rest.suffix(0)
      }
      guard rest.isEmpty else { return nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
  }
}
