/// The message types that may be inside a `google.protobuf.Any`, whose JSON form shows their fields.
package struct TypeRegistry: Sendable {
  private var schemas = Self.wellKnown

  /// The well-known types, and `types`.
  package init(_ types: [any Message.Type] = []) {
    for type in types { add(type.schema) }
  }

  /// Adds a type, replacing one of the same name.
  package mutating func add(_ schema: MessageSchema) { schemas[schema.name] = schema }

  /// The type with this full name.
  package func schema(named name: some StringProtocol) -> MessageSchema? { schemas[String(name)] }

  /// Made once: whoever reads JSON has a registry.
  private static let wellKnown: [TextKey: MessageSchema] = {
    var schemas: [TextKey: MessageSchema] = [:]
    for type in types { schemas[type.schema.name] = type.schema }
    return schemas
  }()

  private static let types: [any Message.Type] = [
    WellKnown.Any.self, WellKnown.Duration.self, WellKnown.Empty.self, WellKnown.FieldMask.self,
    WellKnown.Struct.self, WellKnown.Value.self, WellKnown.ListValue.self, WellKnown.Timestamp.self,
    WellKnown.BoolValue.self, WellKnown.BytesValue.self, WellKnown.DoubleValue.self,
    WellKnown.FloatValue.self, WellKnown.Int32Value.self, WellKnown.Int64Value.self,
    WellKnown.StringValue.self, WellKnown.UInt32Value.self, WellKnown.UInt64Value.self,
  ]
}
