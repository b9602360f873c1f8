/// ProtoJSON's form of `google.protobuf.Duration`: seconds with a fraction and an `s`, as in `-1.500s`.
package enum DurationText {
  /// About 10,000 years both ways; the last second may have nanoseconds.
  package static let seconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

  /// With 0, 3, 6 or 9 digits behind the second; nil when the value is out of range or of two signs.
  package static func format(seconds: Int64, nanos: Int32) -> String? {
    guard isValid(seconds: seconds, nanos: nanos) else { return nil }
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    return "\(sign)\(seconds.magnitude)\(TimestampText.fraction(Int32(nanos.magnitude)))s"
  }

  /// Nil when `text` is no duration, has more than 9 digits behind the point, or is out of range.
  package static func parse(_ text: String) -> (seconds: Int64, nanos: Int32)? {
    var scanner = DigitScanner(text)
    let isNegative = scanner.take("-")
    guard let whole = scanner.number(upTo: 12), let fraction = scanner.fraction(), scanner.take("s"),
      scanner.isAtEnd
    else { return nil }
    let seconds = Int64(isNegative ? -whole : whole)
    let nanos = isNegative ? -fraction : fraction
    return isValid(seconds: seconds, nanos: nanos) ? (seconds, nanos) : nil
  }

  private static func isValid(seconds: Int64, nanos: Int32) -> Bool {
    Self.seconds.contains(seconds) && (-999_999_999...999_999_999).contains(nanos)
      && !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0)
  }
}
