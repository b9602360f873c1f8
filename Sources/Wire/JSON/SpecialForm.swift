/// The messages whose JSON is not an object with their fields.
enum SpecialForm {
  case timestamp, duration, fieldMask, structure, value, list, wrapper, any

  /// Nil for every other message.
  init?(_ name: String) {
    guard name.hasPrefix("google.protobuf.") else { return nil }
    switch name.dropFirst(16) {
    case "Timestamp": self = .timestamp
    case "Duration": self = .duration
    case "FieldMask": self = .fieldMask
    case "Struct": self = .structure
    case "Value": self = .value
    case "ListValue": self = .list
    case "Any": self = .any
    case "BoolValue", "BytesValue", "DoubleValue", "FloatValue", "Int32Value", "Int64Value", "StringValue",
      "UInt32Value", "UInt64Value":
      self = .wrapper
    default: return nil
    }
  }
}

/// To JSON.
extension SpecialForm {
  func value(
    of bytes: UnsafeRawBufferPointer, schema: MessageSchema, mapping: MessageToJSON
  ) throws(JSONError) -> JSONValue {
    switch self {
    case .timestamp:
      let message: WellKnown.Timestamp = try decode(bytes)
      guard let text = TimestampText.format(seconds: message.seconds, nanos: message.nanos) else {
        throw JSONError("the Timestamp is not in the years 1 to 9999")
      }
      return .string(text)
    case .duration:
      let message: WellKnown.Duration = try decode(bytes)
      guard let text = DurationText.format(seconds: message.seconds, nanos: message.nanos) else {
        throw JSONError("the Duration is out of range, or of two signs")
      }
      return .string(text)
    case .fieldMask:
      let message: WellKnown.FieldMask = try decode(bytes)
      guard let text = FieldMaskText.format(message.paths) else {
        throw JSONError("a path of the FieldMask has no JSON form")
      }
      return .string(text)
    case .structure: return try (decode(bytes) as WellKnown.Struct).jsonValue()
    case .value: return try (decode(bytes) as WellKnown.Value).jsonValue()
    case .list: return try (decode(bytes) as WellKnown.ListValue).jsonValue()
    case .wrapper:
      let fields = try JSONError.wrapping { () throws(WireError) in try FieldValues(bytes, schema) }
      return try ScalarJSON.value(of: schema.fields[0].kind, orDefault: fields.values[0].last)
    case .any: return try AnyJSON.value(of: decode(bytes), mapping)
    }
  }

  private func decode<M: Message>(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> M {
    try JSONError.wrapping { () throws(WireError) in try M(decoding: bytes) }
  }
}

/// From JSON.
extension SpecialForm {
  func write(
    _ value: JSONValue, as schema: MessageSchema, mapping: JSONToMessage, into writer: inout WireWriter
  ) throws(JSONError) {
    switch self {
    case .timestamp:
      guard let time = TimestampText.parse(try text(value)) else {
        throw JSONError("expected a time of RFC 3339 such as 2026-01-31T12:00:00Z")
      }
      WellKnown.Timestamp(seconds: time.seconds, nanos: time.nanos).encode(into: &writer)
    case .duration:
      guard let time = DurationText.parse(try text(value)) else {
        throw JSONError("expected seconds such as 1.5s")
      }
      WellKnown.Duration(seconds: time.seconds, nanos: time.nanos).encode(into: &writer)
    case .fieldMask:
      guard let paths = FieldMaskText.parse(try text(value)) else {
        throw JSONError("expected paths in lowerCamelCase, joined by commas")
      }
      WellKnown.FieldMask(paths: paths).encode(into: &writer)
    case .structure: try WellKnown.Struct(value).encode(into: &writer)
    case .value: try WellKnown.Value(value).encode(into: &writer)
    case .list: try WellKnown.ListValue(value).encode(into: &writer)
    case .wrapper: try mapping.write([JSONMember("value", value)], as: schema, into: &writer)
    case .any: try AnyJSON.message(from: value, mapping).encode(into: &writer)
    }
  }

  private func text(_ value: JSONValue) throws(JSONError) -> String {
    guard case .string(let text) = value else {
      throw JSONError("expected a string, found \(value.kindName)")
    }
    return text
  }
}
