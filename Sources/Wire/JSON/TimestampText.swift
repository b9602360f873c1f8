/// ProtoJSON's form of `google.protobuf.Timestamp`: RFC 3339, written in UTC.
package enum TimestampText {
  /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
  package static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// With 0, 3, 6 or 9 digits behind the second; nil when the value is out of range.
  package static func format(seconds: Int64, nanos: Int32) -> String? {
    guard Self.seconds.contains(seconds), (0...999_999_999).contains(nanos) else { return nil }
    let day = floorDivide(seconds, by: 86400)
    let time = Int(seconds - day * 86400)
    let (year, month, date) = civil(day: Int(day))
    return
      "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(date, to: 2))T\(padded(time / 3600, to: 2)):"
      + "\(padded(time / 60 % 60, to: 2)):\(padded(time % 60, to: 2))\(fraction(nanos))Z"
  }

  /// Nil when `text` is not RFC 3339 with a capital `T` and `Z`, names no real day, or is out of range. No leap seconds.
  package static func parse(_ text: String) -> (seconds: Int64, nanos: Int32)? {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
      let date = scanner.number(2), scanner.take("T"), let hour = scanner.number(2),
      scanner.take(":"), let minute = scanner.number(2), scanner.take(":"), let second = scanner.number(2),
      (1...12).contains(month), (1...daysIn(month, of: year)).contains(date), hour < 24, minute < 60,
      second < 60
    else { return nil }
    guard let nanos = scanner.fraction(), let offset = offset(&scanner), scanner.isAtEnd else { return nil }
    let time = hour * 3600 + minute * 60 + second - offset
    let seconds = Int64(daysSinceEpoch(year: year, month: month, date: date) * 86400 + time)
    return Self.seconds.contains(seconds) ? (seconds, nanos) : nil
  }

  /// Of `Z`, `+hh:mm` or `-hh:mm`, in seconds.
  private static func offset(_ scanner: inout DigitScanner) -> Int? {
    if scanner.take("Z") { return 0 }
    let sign = scanner.take("+") ? 1 : scanner.take("-") ? -1 : 0
    guard sign != 0, let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2),
      hour < 24,
      minute < 60
    else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }

  /// `.` and 3, 6 or 9 digits, as few as hold the value; nothing for zero.
  static func fraction(_ nanos: Int32) -> String {
    if nanos == 0 { return "" }
    if nanos % 1_000_000 == 0 { return "." + padded(Int(nanos) / 1_000_000, to: 3) }
    if nanos % 1000 == 0 { return "." + padded(Int(nanos) / 1000, to: 6) }
    return "." + padded(Int(nanos), to: 9)
  }

  private static func padded(_ value: Int, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }

  private static func daysIn(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in 400-year eras whose years begin
  /// in March, so that the leap day is the last of its year.
  private static func daysSinceEpoch(year: Int, month: Int, date: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The inverse of `daysSinceEpoch`.
  private static func civil(day: Int) -> (year: Int, month: Int, date: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }
}

/// Reads fixed runs of digits and single characters off the front of a text.
struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = text[...].utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// A number of exactly `width` digits.
  mutating func number(_ width: Int) -> Int? {
    let digits = rest.prefix(width)
    guard digits.count == width, let value = Self.value(digits) else { return nil }
    rest = rest.dropFirst(width)
    return value
  }

  /// A number of as many digits as there are, at most `width`.
  mutating func number(upTo width: Int) -> Int? {
    let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    return (1...width).contains(count) ? number(count) : nil
  }

  /// Nanoseconds of `.` and 1 to 9 digits; 0 without a point; nil when it is malformed.
  mutating func fraction() -> Int32? {
    guard take(".") else { return 0 }
    let before = rest.count
    guard var nanos = number(upTo: 9) else { return nil }
    for _ in (before - rest.count)..<9 { nanos *= 10 }
    return Int32(nanos)
  }

  private static func value(_ digits: Substring.UTF8View) -> Int? {
    var value = 0
    for byte in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
