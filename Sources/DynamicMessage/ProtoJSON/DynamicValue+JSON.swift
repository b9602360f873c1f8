import Wire

extension DynamicValue {
  /// A value that says itself in JSON; nil for enums, messages, lists and maps.
  var scalarJSON: JSONValue? {
    switch self {
    case .bool(let value): .bool(value)
    case .int32(let value): .integer(value)
    case .int64(let value): .integer(value)
    case .uint32(let value): .integer(value)
    case .uint64(let value): .integer(value)
    case .float(let value): .floating(value, fraction: .ifAny)
    case .double(let value): .floating(value, fraction: .ifAny)
    case .string(let value): .string(value)
    case .bytes(let value): .bytes(value)
    case .enumeration, .message, .list, .map: nil
    }
  }
}
