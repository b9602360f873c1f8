import Wire

extension DynamicMessage {
  /// Reads ProtoJSON.
  ///
  /// - Parameter ignoringUnknownFields: whether names that the type lacks are passed over; otherwise they
  ///   are an error that names the nearest known ones.
  package init(json: String, type: MessageType, ignoringUnknownFields: Bool = false) throws(ProtoJSONError) {
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONParser.parse(json)
    } catch {
      throw ProtoJSONError(error)
    }
    try self.init(json: value, type: type, ignoringUnknownFields: ignoringUnknownFields)
  }

  /// Reads ProtoJSON that is parsed already.
  package init(json: JSONValue, type: MessageType, ignoringUnknownFields: Bool = false)
    throws(ProtoJSONError)
  {
    self = try ProtoJSONReader(ignoresUnknownFields: ignoringUnknownFields).message(json, as: type)
  }
}

/// The mapping from JSON to messages (protobuf.dev/programming-guides/json).
///
/// The depth of what it reads is bounded by the JSON parser's.
struct ProtoJSONReader {
  let ignoresUnknownFields: Bool

  func message(_ json: JSONValue, as type: MessageType) throws(ProtoJSONError) -> DynamicMessage {
    if let form = type.wellKnownForm { return try wellKnown(json, as: form, type: type) }
    guard case .object(let members) = json else {
      throw .expected("an object for \(type.fullName)", found: json)
    }
    return try fields(members, of: type)
  }

  func fields(_ members: [JSONMember], of type: MessageType) throws(ProtoJSONError) -> DynamicMessage {
    var message = DynamicMessage(type)
    var seen: [Int32: String] = [:]
    var oneofs: [Int: String] = [:]
    for member in members {
      guard let field = type.field(jsonName: member.name), field.kind != .group else {
        if ignoresUnknownFields { continue }
        let known = type.fields.map(\.jsonName)
        throw ProtoJSONError(
          "unknown field \"\(member.name)\" of \(type.fullName)"
            + NearestName.hint(for: member.name, among: known))
      }
      if let other = seen.updateValue(member.name, forKey: field.number) {
        throw ProtoJSONError("\"\(other)\" and \"\(member.name)\" are the same field")
      }
      let value = try PathComponent.field(member.name).around {
        () throws(ProtoJSONError) -> DynamicValue? in
        try self.value(member.value, of: field, in: type)
      }
      guard let value else { continue }
      if let oneof = field.realOneofIndex, let other = oneofs.updateValue(member.name, forKey: oneof) {
        let name = type.schema.oneofs[oneof].name
        throw ProtoJSONError("\"\(other)\" and \"\(member.name)\" exclude each other (oneof \(name))")
      }
      message.store(value, for: field)
    }
    return message
  }

  /// Nil for a field that stays unset.
  private func value(_ json: JSONValue, of field: SchemaField, in type: MessageType) throws(ProtoJSONError)
    -> DynamicValue?
  {
    if case .null = json, field.isRepeated || !meansSomethingAsNull(field, in: type) { return nil }
    if let entry = type.mapEntry(of: field), let entryType = type.type(of: field) {
      return try map(json, key: entry.key, value: entry.value, entry: entryType)
    }
    return field.isRepeated ? try list(json, of: field, in: type) : try single(json, of: field, in: type)
  }

  private func meansSomethingAsNull(_ field: SchemaField, in type: MessageType) -> Bool {
    field.typeName == "google.protobuf.NullValue" || type.type(of: field)?.wellKnownForm == .value
  }

  private func list(_ json: JSONValue, of field: SchemaField, in type: MessageType) throws(ProtoJSONError)
    -> DynamicValue
  {
    guard case .array(let items) = json else { throw .expected("an array", found: json) }
    var values: [DynamicValue] = []
    values.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      values.append(
        try PathComponent.index(index).around { () throws(ProtoJSONError) in
          try single(item, of: field, in: type)
        })
    }
    return .list(values)
  }

  private func map(_ json: JSONValue, key: SchemaField, value: SchemaField, entry: MessageType)
    throws(ProtoJSONError) -> DynamicValue
  {
    guard case .object(let members) = json else { throw .expected("an object", found: json) }
    var entries: [DynamicValue: DynamicValue] = [:]
    for member in members {
      try PathComponent.key(member.name).around { () throws(ProtoJSONError) in
        let name = try mapKey(member.name, as: key.kind)
        let content = try single(member.value, of: value, in: entry)
        if entries.updateValue(content, forKey: name) != nil {
          throw ProtoJSONError("the key is there twice")
        }
      }
    }
    return .map(entries)
  }

  private func single(_ json: JSONValue, of field: SchemaField, in type: MessageType) throws(ProtoJSONError)
    -> DynamicValue
  {
    switch field.kind {
    case .message:
      guard let nested = type.type(of: field) else { throw ProtoJSONError("its type is not known") }
      return .message(try message(json, as: nested))
    case .enum: return .enumeration(try enumeration(json, of: field, in: type.pool))
    default: return try scalar(json, as: field.kind)
    }
  }
}
