/// A message with one scalar, from the time before `optional`: it tells "not set" from the default.
package protocol WrapperMessage: Message {
  associatedtype Coding: ScalarCoding
  var value: Coding.Value { get set }
}

extension WrapperMessage {
  package init(_ value: Coding.Value) {
    self.init()
    self.value = value
  }

  package mutating func merge(from reader: inout WireReader) throws(WireError) {
    while true {
      let tag = try reader.nextTag()
      if tag == 0 { return }
      if tag == Coding.wireType.tag(1) {
        value = try reader.read(Coding.self)
      } else {
        try reader.unknown(tag, into: &unknownFields)
      }
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.append(unknownFields)
    writer.implicit(1, value, Coding.self)
  }
}

extension WellKnown {
  package struct DoubleValue: WrapperMessage {
    package typealias Coding = ProtoDouble
    package static let messageName = "google.protobuf.DoubleValue"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .double)])

    package var value: Double = 0
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct FloatValue: WrapperMessage {
    package typealias Coding = ProtoFloat
    package static let messageName = "google.protobuf.FloatValue"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .float)])

    package var value: Float = 0
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct Int64Value: WrapperMessage {
    package typealias Coding = ProtoInt64
    package static let messageName = "google.protobuf.Int64Value"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .int64)])

    package var value: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct UInt64Value: WrapperMessage {
    package typealias Coding = ProtoUInt64
    package static let messageName = "google.protobuf.UInt64Value"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .uint64)])

    package var value: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct Int32Value: WrapperMessage {
    package typealias Coding = ProtoInt32
    package static let messageName = "google.protobuf.Int32Value"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .int32)])

    package var value: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct UInt32Value: WrapperMessage {
    package typealias Coding = ProtoUInt32
    package static let messageName = "google.protobuf.UInt32Value"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .uint32)])

    package var value: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct BoolValue: WrapperMessage {
    package typealias Coding = ProtoBool
    package static let messageName = "google.protobuf.BoolValue"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .bool)])

    package var value: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct StringValue: WrapperMessage {
    package typealias Coding = ProtoString
    package static let messageName = "google.protobuf.StringValue"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .string)])

    package var value: String = ""
    package var unknownFields = UnknownFields()

    package init() {}
  }

  package struct BytesValue: WrapperMessage {
    package typealias Coding = ProtoBytes
    package static let messageName = "google.protobuf.BytesValue"
    package static let schema = MessageSchema(messageName, [.field(1, "value", .bytes)])

    package var value: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}
  }
}
