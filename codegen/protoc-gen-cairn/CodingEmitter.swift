import DynamicMessage

/// The extension that reads and writes a message.
struct CodingEmitter {
  private let model: MessageModel
  /// By number, as they are written.
  private let fields: [FieldModel]

  init(_ message: SchemaMessage, catalog: TypeCatalog) {
    model = MessageModel(message, catalog: catalog)
    fields = model.fields.sorted { $0.number < $1.number }
  }

  func emit(into source: inout SourceText) {
    source.block("extension \(model.swiftName)") { source in
      source.line("package static let messageName = \(SourceText.literal(model.schema.fullName))")
      source.line()
      emitSchema(into: &source)
      source.line()
      emitMerge(into: &source)
      source.line()
      emitEncode(into: &source)
    }
  }

  private func emitSchema(into source: inout SourceText) {
    if fields.isEmpty {
      source.line("package static let schema = Wire.MessageSchema(messageName, [])")
      return
    }
    source.line("package static let schema = Wire.MessageSchema(")
    source.indented { source in
      source.line("messageName,")
      source.line("[")
      source.indented { source in
        for field in fields { source.line(schemaEntry(of: field) + ",") }
      }
      source.line("])")
    }
  }

  private func schemaEntry(of field: FieldModel) -> String {
    let schema = field.schema
    var arguments = "\(schema.number), \(SourceText.literal(schema.name)), "
    if let key = field.key { arguments += key.kind + ", " }
    arguments += field.kind
    if schema.jsonName != SwiftNames.jsonName(schema.name) {
      arguments += ", json: \(SourceText.literal(schema.jsonName))"
    }
    if let oneof = schema.realOneofIndex { return ".oneof(\(oneof), \(arguments))" }
    if field.isMap { return ".map(\(arguments))" }
    if field.isRepeated {
      return field.isPackable && !schema.isPacked ? ".unpacked(\(arguments))" : ".repeated(\(arguments))"
    }
    return schema.isProto3Optional ? ".optional(\(arguments))" : ".field(\(arguments))"
  }

  private func emitMerge(into source: inout SourceText) {
    source.block("package mutating func merge(from _reader: inout Wire.WireReader) throws(Wire.WireError)") {
      source in
      source.block("while true") { source in
        source.line("let _tag = try _reader.nextTag()")
        source.line("switch _tag {")
        source.line("case 0: return")
        for field in fields {
          emitReading(of: field, into: &source)
        }
        source.line("default: try _reader.unknown(_tag, into: &unknownFields)")
        source.line("}")
      }
    }
  }

  private func emitReading(of field: FieldModel, into source: inout SourceText) {
    guard let oneof = model.oneof(of: field), field.isMessage else {
      for (tag, statement) in reading(of: field) { source.line("case \(tag): \(statement)") }
      return
    }
    // The message comes out of the enum before it is added to: arrays in it would be copied otherwise,
    // each time anew for a message that is sent in many pieces.
    source.line("case \(field.tag):")
    source.indented { source in
      source.line("var _value = \(field.name) ?? .init()")
      source.line("\(oneof.name) = nil")
      source.line("try _reader.mergeNested(into: &_value)")
      source.line("\(oneof.name) = .\(field.name)(_value)")
    }
  }

  /// The statement for each tag that a field may come with: repeated numbers come packed or one by one,
  /// whatever the file says.
  private func reading(of field: FieldModel) -> [(UInt32, String)] {
    let coding = field.coding + ".self"
    if let key = field.key {
      return [(field.tag, "try _reader.insert(into: &\(field.name), \(key.coding).self, \(coding))")]
    }
    if field.isRepeated {
      let single = (field.tag, "try _reader.append(to: &\(field.name), \(coding))")
      let packed = (field.packedTag, "try _reader.appendPacked(to: &\(field.name), \(coding))")
      return field.isPackable ? [single, packed] : [single]
    }
    if let oneof = model.oneof(of: field) {
      return [(field.tag, "\(oneof.name) = .\(field.name)(try _reader.read(\(coding)))")]
    }
    if field.isMessage { return [(field.tag, "try _reader.merge(into: &\(field.name))")] }
    return [(field.tag, "\(field.name) = try _reader.read(\(coding))")]
  }

  private func emitEncode(into source: inout SourceText) {
    source.block("package func encode(into _writer: inout Wire.WireWriter)") { source in
      source.line("_writer.append(unknownFields)")
      var rest = fields[...]
      while let field = rest.popLast() {
        guard let oneof = model.oneof(of: field) else {
          source.line(writing(of: field))
          continue
        }
        // Members with neighbouring numbers share a switch.
        var members = [field]
        while let next = rest.last, next.schema.realOneofIndex == field.schema.realOneofIndex {
          members.append(next)
          rest.removeLast()
        }
        emitSwitch(over: members, of: oneof, into: &source)
      }
    }
  }

  private func writing(of field: FieldModel) -> String {
    let coding = field.coding + ".self"
    if let key = field.key {
      return "_writer.map(\(field.number), \(field.name), \(key.coding).self, \(coding))"
    }
    let verb =
      if field.isPackable && field.schema.isPacked {
        "packed"
      } else if field.isRepeated {
        "repeated"
      } else {
        field.isOptional ? "optional" : "implicit"
      }
    return "_writer.\(verb)(\(field.number), \(field.name), \(coding))"
  }

  private func emitSwitch(over members: [FieldModel], of oneof: OneofModel, into source: inout SourceText) {
    source.line("switch \(oneof.name) {")
    for field in members.reversed() {
      source.line(
        "case .\(field.name)(let _value): _writer.write(\(field.number), _value, \(field.coding).self)")
    }
    source.line(members.count == oneof.fields.count ? "case nil: break" : "default: break")
    source.line("}")
  }
}
