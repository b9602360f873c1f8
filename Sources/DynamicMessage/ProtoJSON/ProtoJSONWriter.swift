import Wire

/// How messages become JSON.
package struct ProtoJSONOptions: Sendable, Hashable {
  /// Also write fields without presence that have their default.
  package var includesDefaults = false
  /// Names as in the `.proto` file instead of lowerCamelCase.
  package var keepsProtoNames = false
  /// Write an `Any` whose type is not known as its URL and its bytes (`@type`, `@value`), to be looked at;
  /// otherwise it is an error.
  package var showsUnknownAny = false

  package init(
    includesDefaults: Bool = false, keepsProtoNames: Bool = false, showsUnknownAny: Bool = false
  ) {
    self.includesDefaults = includesDefaults
    self.keepsProtoNames = keepsProtoNames
    self.showsUnknownAny = showsUnknownAny
  }
}

extension DynamicMessage {
  /// The message as ProtoJSON. Unknown fields have no place in it.
  package func json(options: ProtoJSONOptions = .init()) throws(ProtoJSONError) -> JSONValue {
    try ProtoJSONWriter(options: options).message(self, depth: 1)
  }

  package func jsonText(style: JSONPrinter.Style = .compact, options: ProtoJSONOptions = .init())
    throws(ProtoJSONError) -> String
  {
    JSONPrinter.print(try json(options: options), style: style)
  }
}

/// The mapping from messages to JSON (protobuf.dev/programming-guides/json).
struct ProtoJSONWriter {
  /// Messages nested deeper are refused. Bytes are bounded when they are parsed, but each `Any` starts anew.
  static let depthLimit = 100

  let options: ProtoJSONOptions

  func message(_ message: DynamicMessage, depth: Int) throws(ProtoJSONError) -> JSONValue {
    guard depth <= Self.depthLimit else { throw ProtoJSONError("nested more than \(Self.depthLimit) deep") }
    if let form = message.type.wellKnownForm { return try wellKnown(message, form, depth: depth) }
    return .object(try members(message, depth: depth))
  }

  func members(_ message: DynamicMessage, depth: Int) throws(ProtoJSONError) -> [JSONMember] {
    var members: [JSONMember] = []
    for field in message.type.fields {
      guard let value = message.value(of: field) ?? defaultValue(field, message.type) else { continue }
      let name = options.keepsProtoNames ? field.name : field.jsonName
      let json = try PathComponent.field(name).around { () throws(ProtoJSONError) in
        try self.value(value, of: field, in: message.type, depth: depth)
      }
      members.append(JSONMember(name, json))
    }
    return members
  }

  private func defaultValue(_ field: SchemaField, _ type: MessageType) -> DynamicValue? {
    guard options.includesDefaults, !field.hasPresence else { return nil }
    guard field.isRepeated else { return .zero(of: field.kind) }
    return type.mapEntry(of: field) == nil ? .list([]) : .map([:])
  }

  private func value(_ value: DynamicValue, of field: SchemaField, in type: MessageType, depth: Int)
    throws(ProtoJSONError) -> JSONValue
  {
    switch value {
    case .list(let items):
      var values: [JSONValue] = []
      values.reserveCapacity(items.count)
      for (index, item) in items.enumerated() {
        values.append(
          try PathComponent.index(index).around { () throws(ProtoJSONError) in
            try single(item, of: field, in: type, depth: depth)
          })
      }
      return .array(values)
    case .map(let entries):
      guard let entry = type.mapEntry(of: field) else { preconditionFailure("\(field.fullName) is no map") }
      return .object(try map(entries, entry.value, type, depth: depth))
    default: return try single(value, of: field, in: type, depth: depth)
    }
  }

  func map(_ entries: [DynamicValue: DynamicValue], _ field: SchemaField, _ type: MessageType, depth: Int)
    throws(ProtoJSONError) -> [JSONMember]
  {
    var members: [JSONMember] = []
    for (key, value) in entries.sorted(by: { DynamicValue.keyIsBefore($0.key, $1.key) }) {
      let name = Self.keyText(key)
      let json = try PathComponent.key(name).around { () throws(ProtoJSONError) in
        try single(value, of: field, in: type, depth: depth)
      }
      members.append(JSONMember(name, json))
    }
    return members
  }

  private func single(_ value: DynamicValue, of field: SchemaField, in type: MessageType, depth: Int)
    throws(ProtoJSONError) -> JSONValue
  {
    switch value {
    case .bool(let value): .bool(value)
    case .int32(let value): .number("\(value)")
    case .uint32(let value): .number("\(value)")
    case .int64(let value): .string("\(value)")
    case .uint64(let value): .string("\(value)")
    case .float(let value): Self.floating(value)
    case .double(let value): Self.floating(value)
    case .string(let value): .string(value)
    case .bytes(let value): .string(Base64.encode(value))
    case .enumeration(let number): enumeration(number, field, type.pool)
    case .message(let nested): try message(nested, depth: depth + 1)
    case .list, .map: preconditionFailure("a list within a list")
    }
  }

  private func enumeration(_ number: Int32, _ field: SchemaField, _ pool: DescriptorPool) -> JSONValue {
    if field.typeName == "google.protobuf.NullValue" { return .null }
    let type = field.typeName.flatMap(pool.enumeration)
    return type?.values.first { $0.number == number }.map { .string($0.name) } ?? .number("\(number)")
  }

  /// The shortest digits that read back as the same number.
  static func floating<T: BinaryFloatingPoint & CustomStringConvertible>(_ value: T) -> JSONValue {
    if value.isNaN { return .string("NaN") }
    if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
    let text = value.description
    return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  private static func keyText(_ key: DynamicValue) -> String {
    switch key {
    case .bool(let value): "\(value)"
    case .int32(let value): "\(value)"
    case .int64(let value): "\(value)"
    case .uint32(let value): "\(value)"
    case .uint64(let value): "\(value)"
    case .string(let value): value
    default: preconditionFailure("no key of a map")
    }
  }
}
