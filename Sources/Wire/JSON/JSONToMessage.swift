/// From a JSON tree to a message's wire format, by its schema.
struct JSONToMessage {
  let options: JSONParsing

  init(_ options: JSONParsing) { self.options = options }

  /// Writes the message that `value` says, without a length in front.
  func write(_ value: JSONValue, as schema: MessageSchema, into writer: inout WireWriter) throws(JSONError) {
    if let special = SpecialForm(schema.name) {
      return try special.write(value, as: schema, mapping: self, into: &writer)
    }
    guard case .object(let members) = value else {
      throw JSONError("expected an object, found \(value.kindName)")
    }
    try write(members, as: schema, into: &writer)
  }

  /// Writes the message with these fields.
  func write(_ members: [JSONMember], as schema: MessageSchema, into writer: inout WireWriter)
    throws(JSONError)
  {
    let values = try sorted(members, by: schema)
    for (field, member) in zip(schema.fields, values).reversed() {
      guard let member else { continue }
      do throws(JSONError) {
        try write(member.value, as: field, into: &writer)
      } catch {
        throw error.inside(member.name)
      }
    }
  }

  /// The member for each field of the schema, in its order. A null is a field that is not set.
  private func sorted(_ members: [JSONMember], by schema: MessageSchema) throws(JSONError) -> [JSONMember?] {
    var found: [JSONMember?] = Array(repeating: nil, count: schema.fields.count)
    var names: Set<Int> = []
    var oneofs: Set<Int> = []
    for member in members {
      guard let index = schema.index(named: member.name) else {
        if options.ignoresUnknown { continue }
        throw JSONError("\(schema.name) has no such field").inside(member.name)
      }
      guard names.insert(index).inserted else {
        throw JSONError("the field is there twice, by two names").inside(member.name)
      }
      let field = schema.fields[index]
      if case .null = member.value, !field.takesNull { continue }
      if let oneof = field.oneof, !oneofs.insert(oneof).inserted {
        throw JSONError("another field of the same oneof is set").inside(member.name)
      }
      found[index] = member
    }
    return found
  }

  private func write(_ value: JSONValue, as field: FieldSchema, into writer: inout WireWriter)
    throws(JSONError)
  {
    switch field.cardinality {
    case .implicit:
      let mark = writer.count
      _ = try writeScalar(value, as: field.kind, into: &writer)
      // The default of every kind, and nothing else, is written as zeros.
      if writer.bytes.prefix(writer.count - mark).allSatisfy({ $0 == 0 }) {
        writer.drop(to: mark)
      } else {
        writer.prependVarint(UInt64(field.kind.wireType.tag(field.number)))
      }
    case .optional: try write(value, as: field.kind, tagged: field.number, into: &writer)
    case .repeated(let packed):
      guard case .array(let items) = value else {
        throw JSONError("expected an array, found \(value.kindName)")
      }
      try write(items, as: field, packed: packed, into: &writer)
    case .map(let key):
      guard case .object(let members) = value else {
        throw JSONError("expected an object, found \(value.kindName)")
      }
      for member in members.reversed() {
        do throws(JSONError) {
          try write(member, key: key, field: field, into: &writer)
        } catch {
          throw error.inside(element: "\"\(member.name)\"")
        }
      }
    }
  }

  private func write(
    _ items: [JSONValue], as field: FieldSchema, packed: Bool, into writer: inout WireWriter
  ) throws(JSONError) {
    let mark = writer.count
    for (index, item) in items.enumerated().reversed() {
      do throws(JSONError) {
        if packed {
          _ = try writeScalar(item, as: field.kind, into: &writer)
        } else {
          try write(item, as: field.kind, tagged: field.number, into: &writer)
        }
      } catch {
        throw error.inside(element: index)
      }
    }
    if packed && writer.count > mark {
      writer.prependVarint(UInt64(writer.count - mark))
      writer.prependVarint(UInt64(WireType.bytes.tag(field.number)))
    }
  }

  /// Writes a value without its tag; false, with nothing written, for an unknown enum value that is ignored.
  private func writeScalar(
    _ value: JSONValue, as kind: FieldKind, into writer: inout WireWriter
  ) throws(JSONError) -> Bool {
    try JSONScalar.write(value, as: kind, ignoringUnknown: options.ignoresUnknown, into: &writer)
  }

  /// One entry of a map.
  private func write(
    _ member: JSONMember, key: FieldKind, field: FieldSchema, into writer: inout WireWriter
  ) throws(JSONError) {
    let mark = writer.count
    try write(member.value, as: field.kind, tagged: 2, into: &writer)
    // An unknown enum value that is ignored takes its entry with it.
    if writer.count == mark { return }
    try write(try JSONScalar.key(member.name, as: key), as: key, tagged: 1, into: &writer)
    writer.prependVarint(UInt64(writer.count - mark))
    writer.prependVarint(UInt64(WireType.bytes.tag(field.number)))
  }

  func write(
    _ value: JSONValue, as kind: FieldKind, tagged number: UInt32, into writer: inout WireWriter
  ) throws(JSONError) {
    if case .messageType(let schema) = kind {
      let schema = schema()
      if case .null = value, schema.name != "google.protobuf.Value" {
        throw JSONError("null is not allowed here")
      }
      let mark = writer.count
      try write(value, as: schema, into: &writer)
      writer.prependVarint(UInt64(writer.count - mark))
    } else if try !writeScalar(value, as: kind, into: &writer) {
      return
    }
    writer.prependVarint(UInt64(kind.wireType.tag(number)))
  }
}

extension FieldSchema {
  /// Whether null is a value of the field and not its absence.
  fileprivate var takesNull: Bool {
    switch (cardinality, kind) {
    case (.repeated, _), (.map, _): false
    case (_, .messageType(let schema)): schema().name == "google.protobuf.Value"
    case (_, .enumType(let schema)): schema().name == "google.protobuf.NullValue"
    default: false
    }
  }
}
