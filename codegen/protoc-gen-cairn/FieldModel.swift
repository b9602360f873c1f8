import DynamicMessage

/// One field, with all that its lines of code are made of.
struct FieldModel {
  let schema: SchemaField
  /// The property, or the oneof's case.
  let name: String
  /// The type of one value.
  let valueType: String
  /// The coding of one value, without `.self`.
  let coding: String
  /// Key type and key coding, for a map.
  let key: (type: String, coding: String, kind: String)?
  /// How the schema table spells the kind of a value.
  let kind: String
  /// Whether the value is on the heap.
  let isBoxed: Bool
  /// Whether the message would hold itself through this field.
  let isRecursive: Bool

  var number: Int32 { schema.number }
  var isMap: Bool { key != nil }
  var isRepeated: Bool { schema.isRepeated && !isMap }
  var isMessage: Bool { schema.kind == .message && !isMap }
  var isPackable: Bool { isRepeated && schema.kind.isPackable }
  var isOptional: Bool { !schema.isRepeated && (isMessage || schema.isProto3Optional) }

  /// The tag of a value; for a map, of an entry.
  var tag: UInt32 { UInt32(number) << 3 | Self.wireType(schema.kind) }
  /// The tag of packed values.
  var packedTag: UInt32 { UInt32(number) << 3 | 2 }

  /// The type of the property, for a field that has one of its own.
  var propertyType: String {
    if let key { return "[\(key.type): \(valueType)]" }
    if isRepeated { return "[\(valueType)]" }
    return isOptional ? valueType + "?" : valueType
  }

  /// What the property starts with; nil for what is nil without being told.
  var initialValue: String? {
    if isMap { return "[:]" }
    if isRepeated { return "[]" }
    if isOptional { return nil }
    return switch schema.kind {
    case .string: "\"\""
    case .bytes: "[]"
    case .bool: "false"
    case .enum: valueType + "()"
    default: "0"
    }
  }

  init(_ field: SchemaField, in message: SchemaMessage, name: String, catalog: TypeCatalog) {
    schema = field
    self.name = name
    let entry = message.mapEntry(of: field)
    let value = entry?.fields.first { $0.number == 2 } ?? field
    let typeName = value.typeName.map(catalog.swiftName)
    (valueType, coding, kind) = Self.spelling(value.kind, typeName)
    key = entry?.fields.first { $0.number == 1 }.map { field in
      if field.kind == .string { return ("Wire.TextKey", "Wire.ProtoTextKey", ".string") }
      let spelling = Self.spelling(field.kind, nil)
      return (spelling.type, spelling.coding, spelling.kind)
    }
    isRecursive =
      field.kind == .message && !field.isRepeated
      && catalog.isRecursive(message.fullName, field.typeName ?? "")
    isBoxed = catalog.isBoxed(field, in: message.fullName)
  }

  private static func spelling(
    _ kind: SchemaKind, _ typeName: String?
  ) -> (type: String, coding: String, kind: String) {
    switch kind {
    case .double: ("Swift.Double", "Wire.ProtoDouble", ".double")
    case .float: ("Swift.Float", "Wire.ProtoFloat", ".float")
    case .int64: ("Swift.Int64", "Wire.ProtoInt64", ".int64")
    case .uint64: ("Swift.UInt64", "Wire.ProtoUInt64", ".uint64")
    case .int32: ("Swift.Int32", "Wire.ProtoInt32", ".int32")
    case .fixed64: ("Swift.UInt64", "Wire.ProtoFixed64", ".fixed64")
    case .fixed32: ("Swift.UInt32", "Wire.ProtoFixed32", ".fixed32")
    case .bool: ("Swift.Bool", "Wire.ProtoBool", ".bool")
    case .string: ("Swift.String", "Wire.ProtoString", ".string")
    case .bytes: ("[Swift.UInt8]", "Wire.ProtoBytes", ".bytes")
    case .uint32: ("Swift.UInt32", "Wire.ProtoUInt32", ".uint32")
    case .sfixed32: ("Swift.Int32", "Wire.ProtoSFixed32", ".sfixed32")
    case .sfixed64: ("Swift.Int64", "Wire.ProtoSFixed64", ".sfixed64")
    case .sint32: ("Swift.Int32", "Wire.ProtoSInt32", ".sint32")
    case .sint64: ("Swift.Int64", "Wire.ProtoSInt64", ".sint64")
    case .enum: (typeName ?? "", "Wire.ProtoEnum<\(typeName ?? "")>", ".enumeration(\(typeName ?? "").self)")
    case .message, .group:
      (typeName ?? "", "Wire.ProtoMessage<\(typeName ?? "")>", ".message(\(typeName ?? "").self)")
    }
  }

  private static func wireType(_ kind: SchemaKind) -> UInt32 {
    switch kind {
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool, .enum: 0
    case .fixed64, .sfixed64, .double: 1
    case .string, .bytes, .message: 2
    case .group: 3
    case .fixed32, .sfixed32, .float: 5
    }
  }
}
