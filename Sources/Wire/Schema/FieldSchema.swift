/// One field of a ``MessageSchema``.
package struct FieldSchema: Sendable {
  package enum Cardinality: Sendable {
    /// Left out while it has its default value.
    case implicit
    /// Knows whether it is set: messages, `optional`, members of a oneof.
    case optional
    /// Numbers and enums are written under one tag when they are packed.
    case repeated(packed: Bool)
    /// A map from `key`; the field's kind is the values' kind.
    case map(key: FieldKind)
  }

  package let number: UInt32
  /// The name in the `.proto` file.
  package let name: String
  /// The name in JSON: lowerCamelCase unless the file says otherwise.
  package let jsonName: String
  package let kind: FieldKind
  package let cardinality: Cardinality
  /// Which of the message's oneofs it belongs to.
  package let oneof: Int?

  package init(
    number: UInt32, name: String, jsonName: String?, kind: FieldKind, cardinality: Cardinality, oneof: Int?
  ) {
    self.number = number
    self.name = name
    self.jsonName = jsonName ?? FieldSchema.lowerCamelCase(name)
    self.kind = kind
    self.cardinality = cardinality
    self.oneof = oneof
  }

  /// protoc's rule for JSON names: underscores go, and what follows one is upper case.
  package static func lowerCamelCase(_ name: String) -> String {
    var result = ""
    var upper = false
    for character in name {
      if character == "_" {
        upper = true
      } else {
        result += upper ? character.uppercased() : String(character)
        upper = false
      }
    }
    return result
  }
}

/// The spelling of generated tables.
extension FieldSchema {
  package static func field(
    _ number: UInt32, _ name: String, _ kind: FieldKind, json: String? = nil
  ) -> FieldSchema {
    let cardinality: Cardinality = if case .messageType = kind { .optional } else { .implicit }
    return FieldSchema(
      number: number, name: name, jsonName: json, kind: kind, cardinality: cardinality, oneof: nil)
  }

  package static func optional(
    _ number: UInt32, _ name: String, _ kind: FieldKind, json: String? = nil
  ) -> FieldSchema {
    FieldSchema(number: number, name: name, jsonName: json, kind: kind, cardinality: .optional, oneof: nil)
  }

  /// Packed where the kind can be.
  package static func repeated(
    _ number: UInt32, _ name: String, _ kind: FieldKind, json: String? = nil
  ) -> FieldSchema {
    FieldSchema(
      number: number, name: name, jsonName: json, kind: kind,
      cardinality: .repeated(packed: kind.wireType != .bytes), oneof: nil)
  }

  /// Repeated numbers with `[packed = false]`.
  package static func unpacked(
    _ number: UInt32, _ name: String, _ kind: FieldKind, json: String? = nil
  ) -> FieldSchema {
    FieldSchema(
      number: number, name: name, jsonName: json, kind: kind, cardinality: .repeated(packed: false),
      oneof: nil)
  }

  package static func map(
    _ number: UInt32, _ name: String, _ key: FieldKind, _ value: FieldKind, json: String? = nil
  ) -> FieldSchema {
    FieldSchema(
      number: number, name: name, jsonName: json, kind: value, cardinality: .map(key: key), oneof: nil)
  }

  package static func oneof(
    _ oneof: Int, _ number: UInt32, _ name: String, _ kind: FieldKind, json: String? = nil
  ) -> FieldSchema {
    FieldSchema(
      number: number, name: name, jsonName: json, kind: kind, cardinality: .optional, oneof: oneof)
  }
}
