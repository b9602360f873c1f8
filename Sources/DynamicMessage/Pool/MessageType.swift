import Wire

/// A message type of a pool.
package struct MessageType: Sendable, Hashable {
  package let pool: DescriptorPool
  let index: Int

  package var schema: SchemaMessage { pool.tables[index].schema }
  package var fullName: String { schema.fullName }

  /// In the order of their numbers.
  package var fields: [SchemaField] { pool.tables[index].sortedFields }

  package func field(number: Int32) -> SchemaField? {
    pool.tables[index].byNumber[number]
  }

  /// - Parameter name: as in the `.proto` file.
  package func field(named name: String) -> SchemaField? {
    pool.tables[index].byName[name]
  }

  /// - Parameter name: JSON name or name as in the `.proto` file; parsers of ProtoJSON take both.
  package func field(jsonName name: String) -> SchemaField? {
    pool.tables[index].byJSONName[name] ?? field(named: name)
  }

  /// The type of the messages in a field.
  package func type(of field: SchemaField) -> MessageType? {
    field.kind == .message ? field.typeName.flatMap(pool.message) : nil
  }

  /// Fields of the entries, when `field` is a map.
  package func mapEntry(of field: SchemaField) -> (key: SchemaField, value: SchemaField)? {
    guard field.isRepeated, let entry = type(of: field), entry.schema.isMapEntry,
      let key = entry.field(number: 1), let value = entry.field(number: 2), key.kind.isMapKey,
      value.kind != .group,
      !key.isRepeated, !value.isRepeated
    else { return nil }
    return (key, value)
  }

  package static func == (left: MessageType, right: MessageType) -> Bool {
    left.pool === right.pool ? left.index == right.index : left.schema == right.schema
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(schema.fullName) }
}

/// A message type with its fields by number and by name.
struct MessageTable: Sendable {
  let schema: SchemaMessage
  let sortedFields: [SchemaField]
  let byNumber: [Int32: SchemaField]
  let byName: [TextKey: SchemaField]
  let byJSONName: [TextKey: SchemaField]
  let wellKnownForm: WellKnownForm?

  init(_ schema: SchemaMessage) {
    self.schema = schema
    sortedFields = schema.fields.sorted { $0.number < $1.number }
    func table<Key: Hashable>(_ key: (SchemaField) -> Key) -> [Key: SchemaField] {
      Dictionary(schema.fields.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
    }
    byNumber = table(\.number)
    byName = table { TextKey($0.name) }
    byJSONName = table { TextKey($0.jsonName) }
    wellKnownForm = WellKnownForm(schema)
  }
}

extension MessageShape {
  init(_ schema: SchemaMessage) {
    self.init(
      schema.fullName,
      schema.fields.filter { $0.kind != .group }.map { field in
        FieldShape(
          field.number, field.name, field.kind, repeated: field.isRepeated, packed: field.isPacked,
          oneof: field.realOneofIndex, message: field.kind == .message ? field.typeName : nil)
      })
  }
}
