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
    if let form = message.type.wellKnownForm { return try wellKnown(message, as: form, depth: depth) }
    return .object(try members(message, depth: depth))
  }

  func members(_ message: DynamicMessage, depth: Int) throws(ProtoJSONError) -> [JSONMember] {
    var members: [JSONMember] = []
    for field in message.type.fields {
      guard let value = message.value(of: field) ?? defaultValue(of: field, in: message.type) else {
        continue
      }
      let name = options.keepsProtoNames ? field.name : field.jsonName
      let json = try PathComponent.field(name).around { () throws(ProtoJSONError) in
        try self.value(value, of: field, in: message.type, depth: depth)
      }
      members.append(JSONMember(name, json))
    }
    return members
  }

  private func defaultValue(of field: SchemaField, in type: MessageType) -> DynamicValue? {
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
      return .object(try map(entries, of: entry.value, in: type, depth: depth))
    default: return try single(value, of: field, in: type, depth: depth)
    }
  }

  func map(_ entries: [DynamicValue: DynamicValue], of field: SchemaField, in type: MessageType, depth: Int)
    throws(ProtoJSONError) -> [JSONMember]
  {
    var members: [JSONMember] = []
    for (key, value) in entries.sorted(by: { DynamicValue.keyIsBefore($0.key, $1.key) }) {
      guard let name = key.scalarJSON?.keyText else { preconditionFailure("no key of a map") }
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
    case .enumeration(let number): return enumeration(number, of: field, in: type.pool)
    case .message(let nested): return try message(nested, depth: depth + 1)
    default:
      guard let json = value.scalarJSON else { preconditionFailure("a list within a list") }
      return json
    }
  }

  private func enumeration(_ number: Int32, of field: SchemaField, in pool: DescriptorPool) -> JSONValue {
    let type = field.typeName.flatMap(pool.enumeration)
    let name = type?.values.first { $0.number == number }?.name
    return .enumeration(number, name: name, of: field.typeName ?? "")
  }
}
