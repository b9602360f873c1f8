/// A message type.
package struct SchemaMessage: Sendable, Hashable {
  package var name: String
  /// `cairn.v1.Context`
  package var fullName: String
  /// In the order of the file.
  package var fields: [SchemaField]
  package var oneofs: [SchemaOneof]
  package var messages: [SchemaMessage]
  package var enums: [SchemaEnum]
  package var extensions: [SchemaField]
  /// First and last number, both inclusive.
  package var extensionRanges: [ClosedRange<Int32>]
  package var reservedRanges: [ClosedRange<Int32>]
  package var reservedNames: [String]
  /// The hidden type behind a `map<…>` field: `key` is field 1, `value` field 2.
  package var isMapEntry: Bool
  package var isDeprecated: Bool
  package var comments: SchemaComments

  /// The nested map entry that `field` repeats; nil when the field is no map.
  package func mapEntry(of field: SchemaField) -> SchemaMessage? {
    guard field.kind == .message, field.isRepeated else { return nil }
    return messages.first { $0.isMapEntry && $0.fullName == field.typeName }
  }
}

/// A oneof of a message.
package struct SchemaOneof: Sendable, Hashable {
  package var name: String
  /// Made by protoc around one proto3 `optional` field; not in the source.
  package var isSynthetic: Bool
  package var comments: SchemaComments
}

/// Label of a field, with the numbers of descriptor.proto.
package enum SchemaLabel: Int32, Sendable, Hashable {
  case optional = 1
  case required = 2
  case repeated = 3
}
