extension WellKnown {
  /// A point in time, independent of time zone and calendar.
  package struct Timestamp: Message {
    package static let messageName = "google.protobuf.Timestamp"
    package static let schema = MessageSchema(
      messageName, [.field(1, "seconds", .int64), .field(2, "nanos", .int32)])

    /// Seconds since 1970-01-01T00:00:00Z, from year 1 to year 9999.
    package var seconds: Int64 = 0
    /// Nanoseconds after `seconds`, 0 to 999,999,999, also before 1970.
    package var nanos: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package init(seconds: Int64, nanos: Int32 = 0) {
      self.seconds = seconds
      self.nanos = nanos
    }

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
      while true {
        let tag = try reader.nextTag()
        switch tag {
        case 0: return
        case 8: seconds = try reader.read(ProtoInt64.self)
        case 16: nanos = try reader.read(ProtoInt32.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    package func encode(into writer: inout WireWriter) {
      writer.append(unknownFields)
      writer.implicit(2, nanos, ProtoInt32.self)
      writer.implicit(1, seconds, ProtoInt64.self)
    }
  }
}
