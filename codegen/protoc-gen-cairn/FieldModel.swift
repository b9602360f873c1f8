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
      let spelling = Self.spelling(field.kind, nil)
      return (spelling.type, spelling.coding, spelling.kind)
    }
    isRecursive =
      field.kind == .message && !field.isRepeated
      && catalog.embeds(message.fullName, in: field.typeName ?? "")
    isBoxed = catalog.isBoxed(field, in: message.fullName)
  }

  private static func spelling(
    _ kind: SchemaKind, _ typeName: String?
  ) -> (type: String, coding: String, kind: String) {
    switch kind {
    case .double: ("Double", "ProtoDouble", ".double")
    case .float: ("Float", "ProtoFloat", ".float")
    case .int64: ("Int64", "ProtoInt64", ".int64")
    case .uint64: ("UInt64", "ProtoUInt64", ".uint64")
    case .int32: ("Int32", "ProtoInt32", ".int32")
    case .fixed64: ("UInt64", "ProtoFixed64", ".fixed64")
    case .fixed32: ("UInt32", "ProtoFixed32", ".fixed32")
    case .bool: ("Bool", "ProtoBool", ".bool")
    case .string: ("String", "ProtoString", ".string")
    case .bytes: ("[UInt8]", "ProtoBytes", ".bytes")
    case .uint32: ("UInt32", "ProtoUInt32", ".uint32")
    case .sfixed32: ("Int32", "ProtoSFixed32", ".sfixed32")
    case .sfixed64: ("Int64", "ProtoSFixed64", ".sfixed64")
    case .sint32: ("Int32", "ProtoSInt32", ".sint32")
    case .sint64: ("Int64", "ProtoSInt64", ".sint64")
    case .enum: (typeName ?? "", "ProtoEnum<\(typeName ?? "")>", ".enumeration(\(typeName ?? "").self)")
    case .message, .group:
      (typeName ?? "", "ProtoMessage<\(typeName ?? "")>", ".message(\(typeName ?? "").self)")
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
