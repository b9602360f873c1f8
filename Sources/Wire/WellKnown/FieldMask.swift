extension WellKnown {
  /// Which fields of a message are meant, as paths like `a.b`.
  package struct FieldMask: Message {
    package static let messageName = "google.protobuf.FieldMask"
    package static let schema = MessageSchema(messageName, [.repeated(1, "paths", .string)])

    /// Field names as in the `.proto` file, joined by dots.
    package var paths: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package init(paths: [String]) { self.paths = paths }

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
      while true {
        let tag = try reader.nextTag()
        switch tag {
        case 0: return
        case 10: try reader.append(to: &paths, ProtoString.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    package func encode(into writer: inout WireWriter) {
      writer.append(unknownFields)
      writer.repeated(1, paths, ProtoString.self)
    }
  }
}
