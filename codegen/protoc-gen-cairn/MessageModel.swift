import DynamicMessage

/// One message, with the Swift names of what is in it.
struct MessageModel {
  let schema: SchemaMessage
  /// The type, complete with the types around it.
  let swiftName: String
  /// In the order of the file.
  let fields: [FieldModel]
  /// Those that stand in the source, by their index there.
  let oneofs: [Int: OneofModel]

  /// The type without the types around it.
  var simpleName: String { String(swiftName.split(separator: ".").last ?? "") }

  init(_ message: SchemaMessage, catalog: TypeCatalog) {
    schema = message
    swiftName = catalog.swiftName(of: message.fullName)
    var taken: Set<String> = []
    func unique(_ name: String, _ suffix: String) -> String {
      var result = name
      while !taken.insert(result).inserted { result = result.filter { $0 != "`" } + suffix }
      return result
    }
    let fields = message.fields.map { field in
      let name = unique(SwiftNames.member(SwiftNames.lowerCamel(field.name)), "_\(field.number)")
      return FieldModel(field, in: message, name: name, catalog: catalog)
    }
    self.fields = fields
    var oneofs: [Int: OneofModel] = [:]
    for (index, oneof) in message.oneofs.enumerated() where !oneof.isSynthetic {
      oneofs[index] = OneofModel(
        schema: oneof, name: unique(SwiftNames.member(SwiftNames.lowerCamel(oneof.name)), "_oneof"),
        type: catalog.oneofType(index, of: message.fullName),
        fields: fields.filter { $0.schema.realOneofIndex == index })
    }
    self.oneofs = oneofs
  }

  func oneof(of field: FieldModel) -> OneofModel? { field.schema.realOneofIndex.flatMap { oneofs[$0] } }
}

/// One oneof.
struct OneofModel {
  let schema: SchemaOneof
  /// The property.
  let name: String
  /// The enum nested in the message.
  let type: String
  let fields: [FieldModel]
}
