import Wire

/// A value of a field whose type is known only at run time.
///
/// Strings are told apart by their bytes, as protobuf does it.
package enum DynamicValue: Sendable {
  case bool(Bool)
  /// Also `sint32` and `sfixed32`.
  case int32(Int32)
  /// Also `sint64` and `sfixed64`.
  case int64(Int64)
  /// Also `fixed32`.
  case uint32(UInt32)
  /// Also `fixed64`.
  case uint64(UInt64)
  case float(Float)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  /// A number, whether the enum has a name for it or not.
  case enumeration(Int32)
  case message(DynamicMessage)
  /// Values of a repeated field, in order.
  case list([DynamicValue])
  /// Entries of a map field. Keys are booleans, integers or strings.
  case map([DynamicValue: DynamicValue])

  /// The value that an absent field without a default of its own stands for; nil for messages.
  static func zero(of kind: SchemaKind) -> DynamicValue? {
    switch kind {
    case .bool: .bool(false)
    case .int32, .sint32, .sfixed32: .int32(0)
    case .int64, .sint64, .sfixed64: .int64(0)
    case .uint32, .fixed32: .uint32(0)
    case .uint64, .fixed64: .uint64(0)
    case .float: .float(0)
    case .double: .double(0)
    case .string: .string("")
    case .bytes: .bytes([])
    case .enum: .enumeration(0)
    case .message, .group: nil
    }
  }

  /// Whether it is the value that proto3 leaves out. A negative zero is not.
  var isZero: Bool {
    switch self {
    case .bool(let value): !value
    case .int32(let value), .enumeration(let value): value == 0
    case .int64(let value): value == 0
    case .uint32(let value): value == 0
    case .uint64(let value): value == 0
    case .float(let value): value.bitPattern == 0
    case .double(let value): value.bitPattern == 0
    case .string(let value): value.isEmpty
    case .bytes(let value): value.isEmpty
    case .message: false
    case .list(let values): values.isEmpty
    case .map(let entries): entries.isEmpty
    }
  }

  /// Whether a single value of a field of this kind may be it.
  func fits(_ kind: SchemaKind) -> Bool {
    switch (self, kind) {
    case (.bool, .bool), (.int32, .int32), (.int32, .sint32), (.int32, .sfixed32), (.int64, .int64),
      (.int64, .sint64), (.int64, .sfixed64), (.uint32, .uint32), (.uint32, .fixed32), (.uint64, .uint64),
      (.uint64, .fixed64), (.float, .float), (.double, .double), (.string, .string), (.bytes, .bytes),
      (.enumeration, .enum), (.message, .message):
      true
    default: false
    }
  }

  /// Order of map keys in what is written: numbers by value, strings by their UTF-8.
  static func keyIsBefore(_ left: DynamicValue, _ right: DynamicValue) -> Bool {
    switch (left, right) {
    case (.bool(let left), .bool(let right)): !left && right
    case (.int32(let left), .int32(let right)): left < right
    case (.int64(let left), .int64(let right)): left < right
    case (.uint32(let left), .uint32(let right)): left < right
    case (.uint64(let left), .uint64(let right)): left < right
    case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    default: false
    }
  }
}

extension DynamicValue: Hashable {
  package static func == (left: DynamicValue, right: DynamicValue) -> Bool {
    switch (left, right) {
    case (.bool(let left), .bool(let right)): left == right
    case (.int32(let left), .int32(let right)): left == right
    case (.int64(let left), .int64(let right)): left == right
    case (.uint32(let left), .uint32(let right)): left == right
    case (.uint64(let left), .uint64(let right)): left == right
    case (.float(let left), .float(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.bytes(let left), .bytes(let right)): left == right
    case (.enumeration(let left), .enumeration(let right)): left == right
    case (.message(let left), .message(let right)): left == right
    case (.list(let left), .list(let right)): left == right
    case (.map(let left), .map(let right)): left == right
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .bool(let value): hasher.combine(value)
    case .int32(let value), .enumeration(let value): hasher.combine(value)
    case .int64(let value): hasher.combine(value)
    case .uint32(let value): hasher.combine(value)
    case .uint64(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value)
    case .double(let value): hasher.combine(value)
    case .string(let value): hasher.combine(TextKey(value))
    case .bytes(let value): hasher.combine(value)
    case .message(let value): hasher.combine(value)
    case .list(let values): hasher.combine(values)
    case .map(let entries): hasher.combine(entries)
    }
  }
}
