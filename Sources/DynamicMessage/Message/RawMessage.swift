import Wire

/// A message that is carried as bytes, so that any method can be called through a channel.
///
/// Reading checks that the bytes are fields, one after the other, and keeps them all.
package struct RawMessage: Message {
  package static let messageName = "cairn.RawMessage"
  package static let schema = MessageSchema(messageName, [])

  package var unknownFields = UnknownFields()

  package init() {}

  package init(bytes: [UInt8]) { unknownFields.bytes = bytes }

  package var bytes: [UInt8] { unknownFields.bytes }

  package mutating func merge(from reader: inout WireReader) throws(WireError) {
    while true {
      let tag = try reader.nextTag()
      if tag == 0 { return }
      try reader.unknown(tag, into: &unknownFields)
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.append(unknownFields)
  }
}
