extension WellKnown {
  /// A JSON object.
  package struct Struct: Message {
    package static let messageName = "google.protobuf.Struct"
    package static let schema = MessageSchema(
      messageName, [.map(1, "fields", .string, .message(Value.self))])

    package var fields: [TextKey: Value] = [:]
    package var unknownFields = UnknownFields()

    package init() {}

    package init(fields: [TextKey: Value]) { self.fields = fields }

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
      while true {
        let tag = try reader.nextTag()
        switch tag {
        case 0: return
        case 10: try reader.insert(into: &fields, ProtoTextKey.self, ProtoMessage<Value>.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    package func encode(into writer: inout WireWriter) {
      writer.append(unknownFields)
      writer.map(1, fields, ProtoTextKey.self, ProtoMessage<Value>.self)
    }
  }

  /// A JSON array.
  package struct ListValue: Message {
    package static let messageName = "google.protobuf.ListValue"
    package static let schema = MessageSchema(
      messageName, [.repeated(1, "values", .message(Value.self))])

    package var values: [Value] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package init(values: [Value]) { self.values = values }

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
      while true {
        let tag = try reader.nextTag()
        switch tag {
        case 0: return
        case 10: try reader.append(to: &values, ProtoMessage<Value>.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    package func encode(into writer: inout WireWriter) {
      writer.append(unknownFields)
      writer.repeated(1, values, ProtoMessage<Value>.self)
    }
  }
}
