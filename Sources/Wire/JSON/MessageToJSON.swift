/// From a message's wire format to a JSON tree, by its schema.
///
/// The tree is made from the bytes, not from the generated type: so one table a message serves both
/// directions, and messages of types found at run time need no code of their own.
struct MessageToJSON {
  let options: JSONPrinting

  init(_ options: JSONPrinting) { self.options = options }

  func value(of bytes: [UInt8], _ schema: MessageSchema) throws(JSONError) -> JSONValue {
    let result = bytes.withUnsafeBytes { buffer -> Result<JSONValue, JSONError> in
      do throws(JSONError) {
        return .success(try value(of: buffer, schema))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  func value(of bytes: UnsafeRawBufferPointer, _ schema: MessageSchema) throws(JSONError) -> JSONValue {
    if let special = SpecialForm(schema.name) {
      return try special.value(of: bytes, schema: schema, mapping: self)
    }
    return .object(try members(of: bytes, schema))
  }

  /// The message's fields, in the order of their numbers.
  func members(of bytes: UnsafeRawBufferPointer, _ schema: MessageSchema) throws(JSONError) -> [JSONMember] {
    let fields = try JSONError.wrapping { () throws(WireError) in try FieldValues(bytes, schema) }
    var members: [JSONMember] = []
    for (field, values) in zip(schema.fields, fields.values) {
      let name = options.usesProtoNames ? field.name : field.jsonName
      do throws(JSONError) {
        if let value = try value(of: field, values) { members.append(JSONMember(name, value)) }
      } catch {
        throw error.inside(name)
      }
    }
    return members
  }

  private func value(of field: FieldSchema, _ values: [FieldValues.Raw]) throws(JSONError) -> JSONValue? {
    switch field.cardinality {
    case .implicit:
      guard let last = values.last else {
        return options.includesDefaults ? try ScalarJSON.defaultValue(of: field.kind) : nil
      }
      return !options.includesDefaults && field.kind.isDefault(last) ? nil : try value(of: field.kind, last)
    case .optional:
      return values.isEmpty ? nil : try value(of: field.kind, merging: values)
    case .repeated:
      if values.isEmpty && !options.includesDefaults { return nil }
      var items: [JSONValue] = []
      for (index, raw) in values.enumerated() {
        do throws(JSONError) {
          items.append(try value(of: field.kind, raw))
        } catch {
          throw error.inside(element: index)
        }
      }
      return .array(items)
    case .map(let key):
      if values.isEmpty && !options.includesDefaults { return nil }
      return .object(try entries(values, key: key, value: field.kind))
    }
  }

  /// A later entry of the same key replaces the earlier one.
  private func entries(
    _ values: [FieldValues.Raw], key: FieldKind, value kind: FieldKind
  ) throws(JSONError) -> [JSONMember] {
    let entrySchema = MessageSchema("", [.optional(1, "key", key), .optional(2, "value", kind)])
    var members: [JSONMember] = []
    var positions: [TextKey: Int] = [:]
    for case .bytes(let bytes) in values {
      let entry = try JSONError.wrapping { () throws(WireError) in try FieldValues(bytes, entrySchema) }
      let name = try ScalarJSON.name(of: key, entry.values[0].last)
      let member: JSONMember
      do throws(JSONError) {
        let raw = entry.values[1]
        member = JSONMember(name, try raw.isEmpty ? emptyValue(of: kind) : value(of: kind, merging: raw))
      } catch {
        throw error.inside(element: "\"\(name)\"")
      }
      if let position = positions[name] {
        members[position] = member
      } else {
        positions[name] = members.count
        members.append(member)
      }
    }
    return members
  }

  private func emptyValue(of kind: FieldKind) throws(JSONError) -> JSONValue {
    guard case .messageType(let schema) = kind else { return try ScalarJSON.defaultValue(of: kind) }
    return try value(of: [], schema())
  }

  /// A message that came in pieces is the message that the pieces, put together, are.
  private func value(of kind: FieldKind, merging values: [FieldValues.Raw]) throws(JSONError) -> JSONValue {
    if values.count == 1 { return try value(of: kind, values[0]) }
    guard case .messageType(let schema) = kind else { return try value(of: kind, values[values.count - 1]) }
    var joined: [UInt8] = []
    for case .bytes(let bytes) in values { joined.append(contentsOf: bytes) }
    return try value(of: joined, schema())
  }

  func value(of kind: FieldKind, _ raw: FieldValues.Raw) throws(JSONError) -> JSONValue {
    if case .messageType(let schema) = kind, case .bytes(let bytes) = raw {
      return try value(of: bytes, schema())
    }
    return try ScalarJSON.value(of: kind, raw)
  }
}

extension JSONError {
  /// What `body` returns; an error in the bytes as an error of the JSON mapping.
  static func wrapping<T>(_ body: () throws(WireError) -> T) throws(JSONError) -> T {
    do throws(WireError) {
      return try body()
    } catch {
      throw JSONError(error.description)
    }
  }
}
