/// A message whose type is known only at run time, from a descriptor.
///
/// It is a plain tree of values; libprotobuf-c does the wire format in both directions. Limits of that:
/// groups are refused, and a message in a oneof that occurs twice on the wire is replaced, not merged.
package struct DynamicMessage: Sendable, Hashable {
  package let type: MessageType
  private var values: [Int32: DynamicValue] = [:]
  /// What arrived but has no field in the type.
  package var unknownFields: [UnknownField] = []

  /// A field that the type does not have.
  package struct UnknownField: Sendable, Hashable {
    package let number: Int32
    let wireType: UInt8
    /// As on the wire, behind the tag: with the length, if it has one.
    let payload: [UInt8]
  }

  package init(_ type: MessageType) {
    self.type = type
  }

  /// Numbers of the fields that are set, in ascending order.
  package var setFields: [SchemaField] { type.fields.filter { values[$0.number] != nil } }

  package var isEmpty: Bool { values.isEmpty }

  /// The value that is set; nil for an absent field and for an empty list or map.
  package func value(of field: SchemaField) -> DynamicValue? { values[field.number] }

  /// The value of the field with this name as in the `.proto` file.
  package subscript(name: String) -> DynamicValue? {
    type.field(named: name).flatMap { values[$0.number] }
  }

  /// Sets a field, or clears it with nil. Another member of the same oneof is cleared.
  package mutating func set(_ field: SchemaField, to value: DynamicValue?) throws(DynamicTypeError) {
    guard type.field(number: field.number) == field else {
      throw DynamicTypeError(field: field.fullName, reason: "it is no field of \(type.fullName)")
    }
    if let value { try check(value, for: field) }
    store(value, for: field)
  }

  /// Sets the field with this name as in the `.proto` file.
  package mutating func set(_ name: String, to value: DynamicValue?) throws(DynamicTypeError) {
    guard let field = type.field(named: name) else {
      throw DynamicTypeError(field: name, reason: "it is no field of \(type.fullName)")
    }
    try set(field, to: value)
  }

  /// Stores what is known to fit.
  mutating func store(_ value: DynamicValue?, for field: SchemaField) {
    guard let value, field.hasPresence || !value.isZero else {
      values[field.number] = nil
      return
    }
    if let oneof = field.realOneofIndex {
      for other in type.schema.fields where other.realOneofIndex == oneof { values[other.number] = nil }
    }
    values[field.number] = value
  }

  private func check(_ value: DynamicValue, for field: SchemaField) throws(DynamicTypeError) {
    switch value {
    case .map(let entries):
      guard let entry = type.mapEntry(of: field) else { throw misfit(field, because: "it is not a map") }
      for (key, value) in entries {
        guard key.fits(entry.key.kind) else { throw misfit(field, because: "a key is of another type") }
        try checkSingle(value, for: entry.value)
      }
    case .list(let items):
      guard field.isRepeated, type.mapEntry(of: field) == nil else {
        throw misfit(field, because: "it is not a list")
      }
      for item in items { try checkSingle(item, for: field) }
    default:
      guard !field.isRepeated else { throw misfit(field, because: "it holds many values") }
      try checkSingle(value, for: field)
    }
  }

  private func checkSingle(_ value: DynamicValue, for field: SchemaField) throws(DynamicTypeError) {
    guard value.fits(field.kind) else { throw misfit(field, because: "the value is of another type") }
    if case .message(let message) = value,
      message.type.pool !== type.pool
        || message.type.fullName != field.typeName
    {
      throw misfit(field, because: "it holds \(field.typeName ?? "messages"), not \(message.type.fullName)")
    }
  }

  private func misfit(_ field: SchemaField, because reason: String) -> DynamicTypeError {
    DynamicTypeError(field: field.fullName, reason: reason)
  }
}

/// A value that its field cannot hold.
package struct DynamicTypeError: Error, Sendable, Hashable, CustomStringConvertible {
  package let field: String
  package let reason: String

  package var description: String { "\(field): \(reason)" }
}
