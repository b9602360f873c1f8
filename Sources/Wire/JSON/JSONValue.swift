/// A JSON text as a tree.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// As it was written, so that no digit is lost. Follows the grammar of RFC 8259, section 6.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// In the order of the text; no name twice.
  case object([JSONMember])

  /// What it is, for a message to a person: `a number`.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
