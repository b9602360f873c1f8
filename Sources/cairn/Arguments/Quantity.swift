/// Durations and sizes as people write them in settings and flags.
enum Quantity {
  /// `250ms`, `30s`, `5m`, `1h`, `30d`, `1.5s`; a number without a unit only when it is 0.
  static func duration(_ text: String) -> Duration? {
    if text == "0" { return .zero }
    let units: [(String, Double)] = [
      ("ms", 0.001), ("us", 0.000_001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]
    guard let (suffix, seconds) = units.first(where: { text.hasSuffix($0.0) }),
      let number = decimal(text.dropLast(suffix.count)), number * seconds <= 3_153_600_000
    else { return nil }
    return .nanoseconds(Int64((number * seconds * 1e9).rounded()))
  }

  /// `4194304`, `4MiB`, `64KiB`, `1GiB`, in bytes.
  static func bytes(_ text: String) -> Int? {
    let units: [(String, Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1), ("", 1)]
    guard let (suffix, size) = units.first(where: { text.hasSuffix($0.0) }),
      let number = count(text.dropLast(suffix.count))
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: size)
    return overflow ? nil : bytes
  }

  /// A whole number that is not negative, in digits only.
  static func count(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if attoseconds != 0 { return "\(Double(seconds) * 1000 + Double(attoseconds) / 1e15)ms" }
    return seconds > 0 && seconds % 3600 == 0
      ? "\(seconds / 3600)h" : seconds > 0 && seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
  }

  static func text(bytes: Int) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes > 0 && bytes % (1 << shift) == 0
    {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)B"
  }

  private static func decimal(_ text: Substring) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ count($0) != nil }) else { return nil }
    return Double(text)
  }
}
