/// Values that are no messages, from the wire to JSON.
enum ScalarJSON {
  static func value(of kind: FieldKind, _ raw: FieldValues.Raw) throws(JSONError) -> JSONValue {
    switch raw {
    case .number(let number): value(of: kind, number)
    case .bytes(let bytes):
      if case .bytes = kind { .bytes(bytes) } else { .string(try text(bytes)) }
    }
  }

  /// The same for a field that may not be there.
  static func value(of kind: FieldKind, orDefault raw: FieldValues.Raw?) throws(JSONError) -> JSONValue {
    guard let raw else { return try defaultValue(of: kind) }
    return try value(of: kind, raw)
  }

  static func defaultValue(of kind: FieldKind) throws(JSONError) -> JSONValue {
    switch kind.wireType {
    case .bytes: .string("")
    default: value(of: kind, 0)
    }
  }

  /// The key of a map entry, which JSON wants as a string.
  static func name(of kind: FieldKind, _ raw: FieldValues.Raw?) throws(JSONError) -> String {
    try value(of: kind, orDefault: raw).keyText ?? ""
  }

  private static func value(of kind: FieldKind, _ number: UInt64) -> JSONValue {
    let low = UInt32(truncatingIfNeeded: number)
    return switch kind {
    case .int32, .sfixed32: .integer(Int32(bitPattern: low))
    case .uint32, .fixed32: .integer(low)
    case .sint32: .integer(Int32(bitPattern: low >> 1) ^ -Int32(bitPattern: low & 1))
    case .int64, .sfixed64: .integer(Int64(bitPattern: number))
    case .uint64, .fixed64: .integer(number)
    case .sint64: .integer(Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1))
    case .bool: .bool(number != 0)
    case .float: .floating(Float(bitPattern: low), fraction: .always)
    case .double: .floating(Double(bitPattern: number), fraction: .always)
    case .enumType(let schema): enumeration(Int32(bitPattern: low), of: schema())
    case .string, .bytes, .messageType: .null
    }
  }

  private static func enumeration(_ number: Int32, of schema: EnumSchema) -> JSONValue {
    .enumeration(number, name: schema.name(of: number), of: schema.name)
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JSONError(WireError.invalidUTF8.description)
    }
    return text
  }
}

extension FieldKind {
  /// Whether a field without presence would not have been sent with this value.
  func isDefault(_ raw: FieldValues.Raw) -> Bool {
    switch raw {
    case .number(let number): number == 0
    case .bytes(let bytes): bytes.isEmpty
    }
  }
}
