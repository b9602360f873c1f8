/// Values that are no messages, from JSON to the wire.
enum JSONScalar {
  /// Writes the value without a tag. False, with nothing written, for an unknown name of an enum value
  /// that is to be ignored.
  static func write(
    _ value: JSONValue, as kind: FieldKind, ignoringUnknown: Bool, into writer: inout WireWriter
  ) throws(JSONError) -> Bool {
    switch kind {
    case .int32: ProtoInt32.prepend(try integer(value), to: &writer)
    case .sint32: ProtoSInt32.prepend(try integer(value), to: &writer)
    case .sfixed32: ProtoSFixed32.prepend(try integer(value), to: &writer)
    case .int64: ProtoInt64.prepend(try integer(value), to: &writer)
    case .sint64: ProtoSInt64.prepend(try integer(value), to: &writer)
    case .sfixed64: ProtoSFixed64.prepend(try integer(value), to: &writer)
    case .uint32: ProtoUInt32.prepend(try integer(value), to: &writer)
    case .fixed32: ProtoFixed32.prepend(try integer(value), to: &writer)
    case .uint64: ProtoUInt64.prepend(try integer(value), to: &writer)
    case .fixed64: ProtoFixed64.prepend(try integer(value), to: &writer)
    case .float: ProtoFloat.prepend(try float(value), to: &writer)
    case .double: ProtoDouble.prepend(try double(value), to: &writer)
    case .bool: ProtoBool.prepend(try bool(value), to: &writer)
    case .string: ProtoString.prepend(try string(value), to: &writer)
    case .bytes: ProtoBytes.prepend(try bytes(value), to: &writer)
    case .enumType(let schema):
      guard let number = try enumeration(value, as: schema(), ignoringUnknown: ignoringUnknown) else {
        return false
      }
      ProtoInt32.prepend(number, to: &writer)
    case .messageType: throw JSONError("expected a message")
    }
    return true
  }

  /// The value that the name of a member stands for, as the key of a map.
  static func key(_ name: String, as kind: FieldKind) throws(JSONError) -> JSONValue {
    let isBool = if case .bool = kind { true } else { false }
    guard let key = JSONValue(key: name, isBool: isBool) else {
      throw JSONError("expected the key true or false")
    }
    return key
  }

  private static func integer<T: FixedWidthInteger>(_ value: JSONValue) throws(JSONError) -> T {
    if let number: T = value.wholeNumber() { return number }
    guard let text = value.text else { throw expected("an integer", found: value) }
    throw JSONError("\(text.prefix(40)) is not an integer from \(T.min) to \(T.max)")
  }

  private static func double(_ value: JSONValue) throws(JSONError) -> Double {
    let number: JSONValue.FloatingPoint<Double> = value.floatingPoint()
    if case .number(let number) = number { return number }
    guard let text = value.text else { throw expected("a number", found: value) }
    if case .outOfRange = number { throw JSONError("\(text.prefix(40)) is out of range") }
    throw JSONError("\(text.prefix(40)) is not a number")
  }

  private static func float(_ value: JSONValue) throws(JSONError) -> Float {
    let number = try double(value)
    let result = Float(number)
    guard result.isFinite || !number.isFinite else { throw JSONError("\(number) is out of range") }
    return result
  }

  private static func bool(_ value: JSONValue) throws(JSONError) -> Bool {
    guard case .bool(let value) = value else { throw expected("true or false", found: value) }
    return value
  }

  private static func string(_ value: JSONValue) throws(JSONError) -> String {
    guard case .string(let text) = value else { throw expected("a string", found: value) }
    return text
  }

  private static func bytes(_ value: JSONValue) throws(JSONError) -> [UInt8] {
    guard case .string(let text) = value else { throw expected("base64 in a string", found: value) }
    guard !text.utf8.contains(0x0A), let bytes = Base64.decode(text.utf8) else {
      throw JSONError("the string is not base64")
    }
    return bytes
  }

  private static func enumeration(
    _ value: JSONValue, as schema: EnumSchema, ignoringUnknown: Bool
  ) throws(JSONError) -> Int32? {
    switch value {
    case .string(let name):
      if let number = schema.number(of: name) { return number }
      if ignoringUnknown { return nil }
      throw JSONError("\(schema.name) has no value \"\(name)\"")
    case .number: return try integer(value)
    case .null where schema.name == "google.protobuf.NullValue": return 0
    default: throw expected("the name of an enum value", found: value)
    }
  }

  private static func expected(_ what: String, found: JSONValue) -> JSONError {
    JSONError("expected \(what), found \(found.kindName)")
  }
}

extension JSONValue {
  /// Of a number or a string.
  fileprivate var text: String? {
    switch self {
    case .number(let text), .string(let text): text
    case .null, .bool, .array, .object: nil
    }
  }
}
