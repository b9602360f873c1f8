/// What libprotobuf-c has to know of a message type: its fields, and nothing else.
struct MessageShape {
  let name: String
  let fields: [FieldShape]

  init(_ name: String, _ fields: [FieldShape]) {
    self.name = name
    self.fields = fields
  }
}

/// One field of a `MessageShape`. Fields of the deprecated group type are left out of a shape.
struct FieldShape {
  let number: Int32
  let name: String
  let kind: SchemaKind
  var isRepeated = false
  /// Written packed. Both forms are read, whatever this says.
  var isPacked = false
  /// Index of the oneof that the field belongs to; nil for proto3 `optional`.
  var oneof: Int?
  /// Name of the message type, for `kind == .message`.
  var messageName: String?

  init(
    _ number: Int32, _ name: String, _ kind: SchemaKind, repeated: Bool = false, packed: Bool = false,
    oneof: Int? = nil, message: String? = nil
  ) {
    self.number = number
    self.name = name
    self.kind = kind
    isRepeated = repeated
    isPacked = packed
    self.oneof = oneof
    messageName = message
  }

  static func string(_ number: Int32, _ name: String) -> FieldShape { .init(number, name, .string) }
  static func strings(_ number: Int32, _ name: String) -> FieldShape {
    .init(number, name, .string, repeated: true)
  }
  static func bool(_ number: Int32, _ name: String) -> FieldShape { .init(number, name, .bool) }
  static func int32(_ number: Int32, _ name: String) -> FieldShape { .init(number, name, .int32) }
  static func message(_ number: Int32, _ name: String, of type: String) -> FieldShape {
    .init(number, name, .message, message: type)
  }
  static func messages(_ number: Int32, _ name: String, of type: String) -> FieldShape {
    .init(number, name, .message, repeated: true, message: type)
  }
}
