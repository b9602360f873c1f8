/// The protobuf types. Messages and enums are named through closures, because types refer to each other
/// in circles.
package enum FieldKind: Sendable {
  case double, float
  case int32, int64, uint32, uint64, sint32, sint64
  case fixed32, fixed64, sfixed32, sfixed64
  case bool, string, bytes
  case messageType(@Sendable () -> MessageSchema)
  case enumType(@Sendable () -> EnumSchema)

  /// The spelling of generated tables.
  package static func message<M: Message>(_: M.Type) -> FieldKind { .messageType { M.schema } }

  /// The spelling of generated tables.
  package static func enumeration<E: OpenEnum>(_: E.Type) -> FieldKind { .enumType { E.schema } }

  /// How a single value is laid out.
  package var wireType: WireType {
    switch self {
    case .double, .fixed64, .sfixed64: .fixed64
    case .float, .fixed32, .sfixed32: .fixed32
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool, .enumType: .varint
    case .string, .bytes, .messageType: .bytes
    }
  }
}
