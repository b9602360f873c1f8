import CProtobufC

/// Type of a field, with the numbers of `google.protobuf.FieldDescriptorProto.Type`.
package enum SchemaKind: Int32, Sendable, Hashable {
  case double = 1
  case float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message, bytes, uint32
  case `enum`, sfixed32, sfixed64, sint32, sint64

  /// The keyword of a `.proto` file; nil for kinds that are written with a type's name.
  package var keyword: String? {
    switch self {
    case .group, .message, .enum: nil
    default: "\(self)"
    }
  }

  /// Whether repeated values of this kind may share one length-delimited field.
  package var isPackable: Bool {
    switch self {
    case .string, .bytes, .message, .group: false
    default: true
    }
  }

  /// Whether a map may have keys of this kind.
  package var isMapKey: Bool {
    switch self {
    case .double, .float, .bytes, .message, .group, .enum: false
    default: true
    }
  }

  /// Wire type of one value: 0 varint, 1 64 bits, 2 length-delimited, 3 group, 5 32 bits.
  var wireType: UInt8 {
    switch self {
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool, .enum: 0
    case .fixed64, .sfixed64, .double: 1
    case .string, .bytes, .message: 2
    case .group: 3
    case .fixed32, .sfixed32, .float: 5
    }
  }

  /// Bytes that one value takes in libprotobuf-c's memory.
  var size: Int {
    switch self {
    case .double, .int64, .uint64, .fixed64, .sfixed64, .sint64, .message, .group: 8
    case .float, .int32, .fixed32, .bool, .uint32, .enum, .sfixed32, .sint32: 4
    case .string, .bytes: MemoryLayout<ProtobufCBinaryData>.size
    }
  }

  /// How libprotobuf-c is told about it. Strings go as bytes: its C strings would be cut at a NUL.
  var cType: ProtobufCType {
    switch self {
    case .double: PROTOBUF_C_TYPE_DOUBLE
    case .float: PROTOBUF_C_TYPE_FLOAT
    case .int64: PROTOBUF_C_TYPE_INT64
    case .uint64: PROTOBUF_C_TYPE_UINT64
    case .int32: PROTOBUF_C_TYPE_INT32
    case .fixed64: PROTOBUF_C_TYPE_FIXED64
    case .fixed32: PROTOBUF_C_TYPE_FIXED32
    case .bool: PROTOBUF_C_TYPE_BOOL
    case .string, .bytes: PROTOBUF_C_TYPE_BYTES
    case .message, .group: PROTOBUF_C_TYPE_MESSAGE
    case .uint32: PROTOBUF_C_TYPE_UINT32
    case .enum: PROTOBUF_C_TYPE_ENUM
    case .sfixed32: PROTOBUF_C_TYPE_SFIXED32
    case .sfixed64: PROTOBUF_C_TYPE_SFIXED64
    case .sint32: PROTOBUF_C_TYPE_SINT32
    case .sint64: PROTOBUF_C_TYPE_SINT64
    }
  }
}
