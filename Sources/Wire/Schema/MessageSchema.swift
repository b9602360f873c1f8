/// What ProtoJSON needs to know of a message type beyond its bytes: fields by number and by name.
///
/// Generated messages carry one as a constant; it can also be made at run time from a descriptor, so
/// both share one JSON mapping.
public final class MessageSchema: Sendable {
  /// Full protobuf name, as in `cairn.v1.Context`.
  package let name: String
  /// Fields in the order of their numbers.
  package let fields: [FieldSchema]

  private let indexByNumber: [UInt32: Int]
  private let indexByName: [TextKey: Int]

  package init(_ name: String, _ fields: [FieldSchema]) {
    self.name = name
    let sorted = fields.sorted { $0.number < $1.number }
    self.fields = sorted
    indexByNumber = Dictionary(
      sorted.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    var byName = Dictionary(
      sorted.enumerated().map { (TextKey($1.name), $0) }, uniquingKeysWith: { first, _ in first })
    for (index, field) in sorted.enumerated() { byName[field.jsonName] = index }
    indexByName = byName
  }

  /// Position in ``fields`` of the field with this number.
  package func index(of number: UInt32) -> Int? { indexByNumber[number] }

  /// Position in ``fields`` of the field with this JSON name or original name.
  package func index(named name: String) -> Int? { indexByName[name] }
}
