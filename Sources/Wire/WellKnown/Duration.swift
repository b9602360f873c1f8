extension WellKnown {
  /// A span of time, up to about 10,000 years.
  package struct Duration: Message {
    package static let messageName = "google.protobuf.Duration"
    package static let schema = MessageSchema(
      messageName, [.field(1, "seconds", .int64), .field(2, "nanos", .int32)])

    /// Whole seconds, -315,576,000,000 to 315,576,000,000.
    package var seconds: Int64 = 0
    /// Rest in nanoseconds, of the same sign as `seconds`.
    package var nanos: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    /// Whole nanoseconds of `duration`.
    package init(_ duration: Swift.Duration) {
      let (seconds, attoseconds) = duration.components
      self.init(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
    }

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
