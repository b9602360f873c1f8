/// An enum type.
package struct SchemaEnum: Sendable, Hashable {
  package var name: String
  /// `cairn.v1.ContextType`
  package var fullName: String
  /// In the order of the file; with `allowsAlias`, several may have one number.
  package var values: [SchemaEnumValue]
  package var allowsAlias: Bool
  /// First and last number, both inclusive.
  package var reservedRanges: [ClosedRange<Int32>]
  package var reservedNames: [String]
  package var isDeprecated: Bool
  package var comments: SchemaComments
}

/// A value of an enum type.
package struct SchemaEnumValue: Sendable, Hashable {
  package var name: String
  package var number: Int32
  package var isDeprecated: Bool
  package var comments: SchemaComments
}
