extension WellKnown {
  /// Any JSON value.
  package struct Value: Message {
    package static let messageName = "google.protobuf.Value"
    package static let schema = MessageSchema(
      messageName,
      [
        .oneof(0, 1, "null_value", .enumeration(NullValue.self)),
        .oneof(0, 2, "number_value", .double),
        .oneof(0, 3, "string_value", .string),
        .oneof(0, 4, "bool_value", .bool),
        .oneof(0, 5, "struct_value", .message(Struct.self)),
        .oneof(0, 6, "list_value", .message(ListValue.self)),
      ])

    package enum Kind: Hashable, Sendable {
      case nullValue(NullValue)
      case numberValue(Double)
      case stringValue(String)
      case boolValue(Bool)
      case structValue(Struct)
      case listValue(ListValue)
    }

    /// A value without a kind is an error in JSON.
    package var kind: Kind?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(_ kind: Kind) { self.kind = kind }

    package static var null: Value { Value(.nullValue(.nullValue)) }

    package var structValue: Struct? {
      get { if case .structValue(let value)? = kind { value } else { nil } }
      set { kind = newValue.map(Kind.structValue) }
    }

    package var listValue: ListValue? {
      get { if case .listValue(let value)? = kind { value } else { nil } }
      set { kind = newValue.map(Kind.listValue) }
    }

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
      while true {
        let tag = try reader.nextTag()
        switch tag {
        case 0: return
        case 8: kind = .nullValue(try reader.read(ProtoEnum<NullValue>.self))
        case 17: kind = .numberValue(try reader.read(ProtoDouble.self))
        case 26: kind = .stringValue(try reader.read(ProtoString.self))
        case 32: kind = .boolValue(try reader.read(ProtoBool.self))
        case 42:
          var value = structValue ?? .init()
          kind = nil
          try reader.mergeNested(into: &value)
          kind = .structValue(value)
        case 50:
          var value = listValue ?? .init()
          kind = nil
          try reader.mergeNested(into: &value)
          kind = .listValue(value)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    package func encode(into writer: inout WireWriter) {
      writer.append(unknownFields)
      switch kind {
      case nil: break
      case .nullValue(let value): writer.write(1, value, ProtoEnum<NullValue>.self)
      case .numberValue(let value): writer.write(2, value, ProtoDouble.self)
      case .stringValue(let value): writer.write(3, value, ProtoString.self)
      case .boolValue(let value): writer.write(4, value, ProtoBool.self)
      case .structValue(let value): writer.write(5, value, ProtoMessage<Struct>.self)
      case .listValue(let value): writer.write(6, value, ProtoMessage<ListValue>.self)
      }
    }
  }

  /// JSON's null.
  package enum NullValue: OpenEnum {
    case nullValue
    case unrecognized(Int32)

    package static let schema = EnumSchema("google.protobuf.NullValue", [(0, "NULL_VALUE")])

    package init(rawValue: Int32) { self = rawValue == 0 ? .nullValue : .unrecognized(rawValue) }

    package var rawValue: Int32 {
      switch self {
      case .nullValue: 0
      case .unrecognized(let number): number
      }
    }
  }
}
