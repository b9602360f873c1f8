extension WellKnown {
  /// Nothing.
  package struct Empty: Message {
    package static let messageName = "google.protobuf.Empty"
    package static let schema = MessageSchema(messageName, [])

    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
      while true {
        let tag = try reader.nextTag()
        if tag == 0 { return }
        try reader.unknown(tag, into: &unknownFields)
      }
    }

    package func encode(into writer: inout WireWriter) { writer.append(unknownFields) }
  }
}
