/// Types of `google.protobuf` that have a JSON form of their own.
enum WellKnownForm: Sendable {
  case timestamp, duration, fieldMask, structure, value, listValue, any
  /// `Int64Value`, `StringValue`, …: the JSON of their only field.
  case wrapper

  /// Nil for all other types, and for one that has such a name but not the fields.
  init?(_ schema: SchemaMessage) {
    guard schema.fullName.hasPrefix("google.protobuf.") else { return nil }
    let fields: [Int32: SchemaKind]
    switch schema.name {
    case "Timestamp": (self, fields) = (.timestamp, [1: .int64, 2: .int32])
    case "Duration": (self, fields) = (.duration, [1: .int64, 2: .int32])
    case "FieldMask": (self, fields) = (.fieldMask, [1: .string])
    case "Struct": (self, fields) = (.structure, [1: .message])
    case "Value":
      (self, fields) = (.value, [1: .enum, 2: .double, 3: .string, 4: .bool, 5: .message, 6: .message])
    case "ListValue": (self, fields) = (.listValue, [1: .message])
    case "Any": (self, fields) = (.any, [1: .string, 2: .bytes])
    case "DoubleValue": (self, fields) = (.wrapper, [1: .double])
    case "FloatValue": (self, fields) = (.wrapper, [1: .float])
    case "Int64Value": (self, fields) = (.wrapper, [1: .int64])
    case "UInt64Value": (self, fields) = (.wrapper, [1: .uint64])
    case "Int32Value": (self, fields) = (.wrapper, [1: .int32])
    case "UInt32Value": (self, fields) = (.wrapper, [1: .uint32])
    case "BoolValue": (self, fields) = (.wrapper, [1: .bool])
    case "StringValue": (self, fields) = (.wrapper, [1: .string])
    case "BytesValue": (self, fields) = (.wrapper, [1: .bytes])
    default: return nil
    }
    let found = Dictionary(schema.fields.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    guard found.mapValues(\.kind) == fields else { return nil }
    let types = found.mapValues { $0.typeName ?? "" }
    let isRepeated = found.values.contains(where: \.isRepeated)
    switch self {
    case .structure:
      guard found.values.allSatisfy({ Self.isMapToValue(schema.mapEntry(of: $0)) }) else { return nil }
    case .listValue: guard isRepeated, types[1] == "google.protobuf.Value" else { return nil }
    case .fieldMask: guard isRepeated else { return nil }
    case .value:
      guard !isRepeated, types[5] == "google.protobuf.Struct", types[6] == "google.protobuf.ListValue" else {
        return nil
      }
    default: guard !isRepeated else { return nil }
    }
  }

  private static func isMapToValue(_ entry: SchemaMessage?) -> Bool {
    guard let fields = entry?.fields, fields.map(\.number) == [1, 2], !fields.contains(where: \.isRepeated)
    else {
      return false
    }
    return fields[0].kind == .string && fields[1].kind == .message
      && fields[1].typeName == "google.protobuf.Value"
  }
}

extension MessageType {
  var wellKnownForm: WellKnownForm? { pool.tables[index].wellKnownForm }

  /// A field of a type whose form was recognised, so that the field is known to be there.
  func wellKnownField(_ number: Int32) -> SchemaField {
    guard let field = field(number: number) else { preconditionFailure("\(fullName) has no field \(number)") }
    return field
  }
}
