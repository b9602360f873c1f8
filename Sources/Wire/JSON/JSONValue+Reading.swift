/// How ProtoJSON reads values, for both readers; each says in its own words what is wrong (docs/wire.md).
extension JSONValue {
  /// The whole number that a number of any spelling says, or a string with one; nil for anything else, and for one that
  /// does not fit.
  package func wholeNumber<T: FixedWidthInteger>(as _: T.Type = T.self) -> T? {
    switch self {
    case .number(let text), .string(let text): JSONInteger.parse(text)
    default: nil
    }
  }

  /// What a value is where a number in floating point is expected.
  package enum FloatingPoint<F: BinaryFloatingPoint> {
    case number(F)
    /// Larger than the largest one.
    case outOfRange
    case noNumber
  }

  /// The number that a number says, or a string with one, or with the name of one that JSON does not have.
  package func floatingPoint<F: BinaryFloatingPoint & LosslessStringConvertible>(
    as _: F.Type = F.self
  ) -> FloatingPoint<F> {
    switch self {
    case .string("NaN"): return .number(.nan)
    case .string("Infinity"): return .number(.infinity)
    case .string("-Infinity"): return .number(-.infinity)
    case .number(let digits): return Self.finite(digits)
    case .string(let text):
      // Only what would be a number without the quotes: Swift reads more, "0x1p3" and "inf" for example.
      guard case .number(let digits)? = try? JSONParser.parse(text), digits == text else {
        return .noNumber
      }
      return Self.finite(digits)
    default: return .noNumber
    }
  }

  private static func finite<F: BinaryFloatingPoint & LosslessStringConvertible>(
    _ digits: String
  ) -> FloatingPoint<F> {
    guard let number = F(digits) else { return .noNumber }
    return number.isFinite ? .number(number) : .outOfRange
  }

  /// The value that the name of a member stands for, as the key of a map; nil where it is none.
  package init?(key name: String, isBool: Bool) {
    switch (isBool, name) {
    case (true, "true"): self = .bool(true)
    case (true, "false"): self = .bool(false)
    case (true, _): return nil
    case (false, _): self = .string(name)
    }
  }
}
