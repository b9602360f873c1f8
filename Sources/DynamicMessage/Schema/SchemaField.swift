/// A field of a message, or an extension.
package struct SchemaField: Sendable, Hashable {
  package var name: String
  /// `cairn.v1.Context.title`
  package var fullName: String
  package var number: Int32
  /// Name in JSON: lowerCamelCase, or what option `json_name` says.
  package var jsonName: String
  package var label: SchemaLabel
  package var kind: SchemaKind
  /// Full name of the message or enum type.
  package var typeName: String?
  /// Index into the message's `oneofs`, synthetic ones included.
  package var oneofIndex: Int?
  /// proto3 `optional`
  package var isProto3Optional: Bool
  /// Repeated values are written in one length-delimited field.
  package var isPacked: Bool
  /// Option `packed` as the source says it; nil when it does not.
  package var packedOption: Bool?
  /// Whether an unset field differs from one that holds its default.
  package var hasPresence: Bool
  /// proto2 `default`, as text: a number, `true`, an enum value's name, a string, or C-escaped bytes.
  package var defaultValue: String?
  /// Full name of the message that an extension extends.
  package var extendee: String?
  package var isDeprecated: Bool
  package var comments: SchemaComments

  package var isRepeated: Bool { label == .repeated }

  /// The JSON name that protoc gives a field: an underscore goes and makes the letter behind it upper case.
  static func jsonName(_ name: String) -> String {
    var result = ""
    var raise = false
    for character in name {
      if character == "_" {
        raise = true
      } else {
        result += raise ? character.uppercased() : String(character)
        raise = false
      }
    }
    return result
  }

  /// Index of the oneof that stands in the source; nil for proto3 `optional`.
  package var realOneofIndex: Int? { isProto3Optional ? nil : oneofIndex }
}
