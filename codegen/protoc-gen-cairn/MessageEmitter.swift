import DynamicMessage

/// The Swift struct for a message: its properties and nested types. How it is read and written follows in
/// an extension, see ``CodingEmitter``.
struct MessageEmitter {
  private let message: SchemaMessage
  private let catalog: TypeCatalog
  private let model: MessageModel

  init(_ message: SchemaMessage, catalog: TypeCatalog) {
    self.message = message
    self.catalog = catalog
    model = MessageModel(message, catalog: catalog)
  }

  func emit(into source: inout SourceText) {
    source.doc(message.comments, isDeprecated: message.isDeprecated)
    source.block("package struct \(model.simpleName): Wire.Message") { source in
      emitProperties(into: &source)
      source.line("package var unknownFields = Wire.UnknownFields()")
      source.line()
      source.line("package init() {}")
      for index in model.oneofs.keys.sorted() {
        guard let oneof = model.oneofs[index] else { continue }
        source.line()
        emitType(of: oneof, into: &source)
        emitAccessors(of: oneof, into: &source)
      }
      for type in message.enums {
        source.line()
        EnumEmitter(type, swiftName: catalog.swiftName(of: type.fullName)).emit(into: &source)
      }
      for nested in message.messages where !nested.isMapEntry {
        source.line()
        MessageEmitter(nested, catalog: catalog).emit(into: &source)
      }
    }
  }

  private func emitProperties(into source: inout SourceText) {
    var seen: Set<Int> = []
    for field in model.fields {
      if let index = field.schema.realOneofIndex, let oneof = model.oneofs[index] {
        guard seen.insert(index).inserted else { continue }
        source.doc(oneof.schema.comments, fallback: "One of the fields of `\(oneof.schema.name)`, or none.")
        source.line("package var \(oneof.name): \(oneof.type)?")
      } else {
        source.doc(field.schema.comments, isDeprecated: field.schema.isDeprecated)
        let wrapper = field.isBoxed ? "@Wire.Boxed " : ""
        let initial = field.initialValue.map { " = " + $0 } ?? ""
        source.line("\(wrapper)package var \(field.name): \(field.propertyType)\(initial)")
      }
    }
  }

  private func emitType(of oneof: OneofModel, into source: inout SourceText) {
    let indirect = oneof.fields.contains { $0.isRecursive } ? "indirect " : ""
    source.line("/// The fields of `\(oneof.schema.name)`.")
    source.block("package \(indirect)enum \(oneof.type): Swift.Hashable, Swift.Sendable") { source in
      for field in oneof.fields {
        source.doc(field.schema.comments, isDeprecated: field.schema.isDeprecated)
        source.line("case \(field.name)(\(field.valueType))")
      }
    }
  }

  /// Each field of a oneof as a property that is nil while another field is set.
  private func emitAccessors(of oneof: OneofModel, into source: inout SourceText) {
    for field in oneof.fields {
      source.line()
      source.line("/// `\(field.schema.name)` of `\(oneof.schema.name)`; nil unless that one is set.")
      source.block("package var \(field.name): \(field.valueType)?") { source in
        source.line("get { if case .\(field.name)(let _value)? = \(oneof.name) { _value } else { nil } }")
        // Setting nil does not touch another field that is set.
        source.block("set(_value)") { source in
          source.line("if let _value {")
          source.indented { $0.line("\(oneof.name) = .\(field.name)(_value)") }
          source.line("} else if case .\(field.name)? = \(oneof.name) {")
          source.indented { $0.line("\(oneof.name) = nil") }
          source.line("}")
        }
      }
    }
  }
}
