import DynamicMessage

/// Refuses what has no meaning in Cairn's generated code, before a line of it is written.
struct FileCheck {
  private let catalog: TypeCatalog

  init(_ catalog: TypeCatalog) { self.catalog = catalog }

  func check(_ file: SchemaFile) throws(GeneratorError) {
    switch file.syntax {
    case .proto3: break
    case .proto2:
      let group = file.messages.lazy.compactMap(firstGroup).first
      throw GeneratorError(
        message: group.map { "\(file.name): group \($0.fullName): groups are not supported; use a message" }
          ?? "\(file.name): proto2 is not supported; write syntax = \"proto3\"")
    case .edition(let number):
      throw GeneratorError(
        message: "\(file.name): edition \(number) is not supported; write syntax = \"proto3\"")
    }
    for message in file.messages { try check(message, in: file) }
  }

  private func check(_ message: SchemaMessage, in file: SchemaFile) throws(GeneratorError) {
    for field in message.fields {
      guard let typeName = field.typeName else { continue }
      guard catalog.knows(typeName) else {
        throw GeneratorError(
          message: "\(file.name): \(field.fullName) is of type \(typeName), which a proto2 file declares")
      }
    }
    for nested in message.messages { try check(nested, in: file) }
  }

  private func firstGroup(in message: SchemaMessage) -> SchemaField? {
    message.fields.first { $0.kind == .group } ?? message.messages.lazy.compactMap(firstGroup).first
  }
}
