/// How ProtoJSON says values. Both writers make them here: that of generated messages, which walks their bytes, and that
/// of messages whose type is known only at run time, which walks their fields (docs/wire.md).
extension JSONValue {
  /// Of 64 bits as a string: JavaScript's numbers do not hold them.
  package static func integer<T: FixedWidthInteger>(_ value: T) -> JSONValue {
    T.bitWidth > 32 ? .string(String(value)) : .number(String(value))
  }

  /// Whether a whole number in floating point has a fraction: `1.0` or `1`.
  package enum Fraction {
    case always, ifAny
  }

  /// The shortest digits that read back as the same number; a string for what JSON has no number for.
  package static func floating<F: BinaryFloatingPoint & CustomStringConvertible>(
    _ value: F, fraction: Fraction
  ) -> JSONValue {
    if value.isNaN { return .string("NaN") }
    if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
    let text = value.description
    return .number(fraction == .ifAny && text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  /// Bytes, in base64.
  package static func bytes(_ value: some Collection<UInt8>) -> JSONValue {
    .string(Base64.encode(value))
  }

  /// A value of an enum by its name, or by its number where it has none.
  ///
  /// - Parameter type: The enum's full name.
  package static func enumeration(_ number: Int32, name: String?, of type: String) -> JSONValue {
    if type == "google.protobuf.NullValue" { return .null }
    return name.map { .string($0) } ?? .number(String(number))
  }

  /// As the key of a map, which is a string in JSON; nil for what is no key.
  package var keyText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }

  /// An Any: beside the URL of its type the fields of the message inside, or its value where it has a form of its own.
  package static func any(_ url: String, _ content: JSONValue, hasOwnForm: Bool) -> JSONValue {
    let type = JSONMember("@type", .string(url))
    if case .object(let members) = content, !hasOwnForm { return .object([type] + members) }
    return .object([type, JSONMember("value", content)])
  }
}
