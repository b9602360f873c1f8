/// Prints what a `.proto` file declares as its source text, with the comments that the descriptor has.
///
/// Types inside the printed symbol have their short names, all others their full ones, so that they can be
/// looked up in turn.
package struct ProtoPrinter {
  private var text = ProtoText()
  /// Full name of the symbol that is printed, with a dot behind it.
  private let scope: String

  private init(scope: String) { self.scope = scope + "." }

  package static func print(_ symbol: SchemaSymbol) -> String {
    let printer =
      switch symbol {
      case .message(let message): printing(message.fullName) { $0.write(message) }
      case .enumeration(let type): printing(type.fullName) { $0.write(type) }
      case .service(let service): printing(service.fullName) { $0.write(service) }
      case .method(let method): printing(method.fullName) { $0.write(method) }
      case .field(let field, let message): printing(message.fullName) { $0.write(field, in: message) }
      case .oneof(let oneof, let message): printing(message.fullName) { $0.write(oneof, in: message) }
      case .enumValue(let value, let type): printing(type.fullName) { $0.write(value) }
      case .extension(let field): printing(field.fullName) { $0.writeExtension(field) }
      }
    return printer.text.lines.joined(separator: "\n")
  }

  private static func printing(_ scope: String, body: (inout ProtoPrinter) -> Void) -> ProtoPrinter {
    var printer = ProtoPrinter(scope: scope)
    body(&printer)
    return printer
  }

  // MARK: Declarations

  private mutating func write(_ message: SchemaMessage) {
    block("message \(message.name)", comments: message.comments) { printer in
      if message.isDeprecated { printer.text.line("option deprecated = true;") }
      printer.writeReserved(
        ranges: message.reservedRanges, names: message.reservedNames, highest: 0x1FFF_FFFF)
      for range in message.extensionRanges {
        printer.text.line("extensions \(Self.range(range, highest: 0x1FFF_FFFF));")
      }
      var written: Set<Int> = []
      for field in message.fields {
        if let index = field.realOneofIndex {
          if written.insert(index).inserted { printer.write(message.oneofs[index], in: message) }
        } else {
          printer.write(field, in: message)
        }
      }
      for type in message.enums {
        printer.text.separate()
        printer.write(type)
      }
      for nested in message.messages where !nested.isMapEntry {
        printer.text.separate()
        printer.write(nested)
      }
      for field in message.extensions {
        printer.text.separate()
        printer.writeExtension(field)
      }
    }
  }

  private mutating func write(_ oneof: SchemaOneof, in message: SchemaMessage) {
    block("oneof \(oneof.name)", comments: oneof.comments) { printer in
      for field in message.fields
      where field.realOneofIndex.map({ message.oneofs[$0].name == oneof.name }) ?? false {
        printer.write(field, in: message)
      }
    }
  }

  private mutating func write(_ field: SchemaField, in message: SchemaMessage?) {
    var options: [String] = []
    if let value = field.defaultValue { options.append("default = \(Self.literal(value, as: field.kind))") }
    if let packed = field.packedOption { options.append("packed = \(packed)") }
    if field.isDeprecated { options.append("deprecated = true") }
    if field.jsonName != SchemaField.jsonName(field.name) {
      options.append("json_name = \"\(field.jsonName)\"")
    }
    let suffix = options.isEmpty ? "" : " [\(options.joined(separator: ", "))]"
    text.statement(
      "\(type(of: field, in: message)) \(field.name) = \(field.number)\(suffix);", comments: field.comments)
  }

  private func type(of field: SchemaField, in message: SchemaMessage?) -> String {
    if let entry = message?.mapEntry(of: field), entry.fields.count == 2 {
      return "map<\(typeName(entry.fields[0])), \(typeName(entry.fields[1]))>"
    }
    let label =
      switch field.label {
      case .repeated: "repeated "
      case .required: "required "
      // proto2 has the word on every field outside of a oneof, and so has `proto3 optional`.
      case .optional:
        field.isProto3Optional || (field.hasPresence && field.kind != .message && field.oneofIndex == nil)
          ? "optional " : ""
      }
    return label + typeName(field)
  }

  private func typeName(_ field: SchemaField) -> String {
    if let keyword = field.kind.keyword { return keyword }
    let name = short(field.typeName ?? "")
    return field.kind == .group ? "group \(name)" : name
  }

  private mutating func writeExtension(_ field: SchemaField) {
    block("extend \(field.extendee.map(short) ?? "")", comments: SchemaComments()) {
      $0.write(field, in: nil)
    }
  }

  private mutating func write(_ type: SchemaEnum) {
    block("enum \(type.name)", comments: type.comments) { printer in
      if type.allowsAlias { printer.text.line("option allow_alias = true;") }
      if type.isDeprecated { printer.text.line("option deprecated = true;") }
      printer.writeReserved(ranges: type.reservedRanges, names: type.reservedNames, highest: .max)
      for value in type.values { printer.write(value) }
    }
  }

  private mutating func write(_ value: SchemaEnumValue) {
    let options = value.isDeprecated ? " [deprecated = true]" : ""
    text.statement("\(value.name) = \(value.number)\(options);", comments: value.comments)
  }

  private mutating func write(_ service: SchemaService) {
    block("service \(service.name)", comments: service.comments) { printer in
      if service.isDeprecated { printer.text.line("option deprecated = true;") }
      for method in service.methods {
        if method.comments.leading != nil { printer.text.separate() }
        printer.write(method)
      }
    }
  }

  private mutating func write(_ method: SchemaMethod) {
    let input = (method.isClientStreaming ? "stream " : "") + method.inputType
    let output = (method.isServerStreaming ? "stream " : "") + method.outputType
    let head = "rpc \(method.name)(\(input)) returns (\(output))"
    var options: [String] = []
    switch method.idempotency {
    case .unknown: break
    case .noSideEffects: options.append("option idempotency_level = NO_SIDE_EFFECTS;")
    case .idempotent: options.append("option idempotency_level = IDEMPOTENT;")
    }
    if method.isDeprecated { options.append("option deprecated = true;") }
    if options.isEmpty {
      text.statement(head + ";", comments: method.comments)
    } else {
      block(head, comments: method.comments) { printer in for option in options { printer.text.line(option) }
      }
    }
  }

  private mutating func writeReserved(ranges: [ClosedRange<Int32>], names: [String], highest: Int32) {
    let numbers = ranges.map { Self.range($0, highest: highest) }
    if !numbers.isEmpty { text.line("reserved \(numbers.joined(separator: ", "));") }
    if !names.isEmpty { text.line("reserved \(names.map { "\"\($0)\"" }.joined(separator: ", "));") }
  }

  private mutating func block(
    _ head: String, comments: SchemaComments, body: (inout ProtoPrinter) -> Void
  ) {
    text.open(head, comments: comments)
    body(&self)
    text.close()
  }

  private func short(_ name: String) -> String {
    name.hasPrefix(scope) ? String(name.dropFirst(scope.count)) : name
  }

  private static func range(_ range: ClosedRange<Int32>, highest: Int32) -> String {
    if range.upperBound >= highest { return "\(range.lowerBound) to max" }
    return range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }

  /// Bytes come escaped; a string has to be quoted and escaped again.
  private static func literal(_ value: String, as kind: SchemaKind) -> String {
    switch kind {
    case .bytes: return "\"\(value)\""
    case .string:
      let escaped = value.map { character in
        switch character {
        case "\\": "\\\\"
        case "\"": "\\\""
        case "\n": "\\n"
        default: String(character)
        }
      }
      return "\"\(escaped.joined())\""
    default: return value
    }
  }
}
