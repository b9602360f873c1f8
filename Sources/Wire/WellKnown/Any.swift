extension WellKnown {
  /// Any message, serialized, with a URL that says which.
  package struct `Any`: Message {
    package static let messageName = "google.protobuf.Any"
    package static let schema = MessageSchema(
      messageName, [.field(1, "type_url", .string), .field(2, "value", .bytes)])

    /// `type.googleapis.com/` and the full name of the message.
    package var typeURL = ""
    /// The message in wire format.
    package var value: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    /// Packs `message`.
    package init<M: Message>(_ message: M) {
      typeURL = "type.googleapis.com/" + M.messageName
      value = message.serializedBytes()
    }

    /// The full name of the message inside: what follows the last slash of the URL.
    package var typeName: Substring {
      typeURL.lastIndex(of: "/").map { typeURL[typeURL.index(after: $0)...] } ?? typeURL[...]
    }

    /// The message inside, or nil when it is of another type.
    package func unpack<M: Message>(_: M.Type) throws(WireError) -> M? {
      typeName == M.messageName ? try M(decoding: value) : nil
    }

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
      while true {
        let tag = try reader.nextTag()
        switch tag {
        case 0: return
        case 10: typeURL = try reader.read(ProtoString.self)
        case 18: value = try reader.read(ProtoBytes.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    package func encode(into writer: inout WireWriter) {
      writer.append(unknownFields)
      writer.implicit(2, value, ProtoBytes.self)
      writer.implicit(1, typeURL, ProtoString.self)
    }
  }
}
