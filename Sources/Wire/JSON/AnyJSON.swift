/// `google.protobuf.Any` in JSON: the fields of the message inside, and `@type` with its URL. Messages with
/// a special form are under `value`.
enum AnyJSON {
  static func value(of message: WellKnown.`Any`, _ mapping: MessageToJSON) throws(JSONError) -> JSONValue {
    if message.typeURL.isEmpty && message.value.isEmpty { return .object([]) }
    let schema = try schema(for: message, mapping.options.registry)
    let content = try mapping.value(of: message.value, schema)
    return .any(message.typeURL, content, hasOwnForm: SpecialForm(schema.name) != nil)
  }

  static func message(
    from value: JSONValue, _ mapping: JSONToMessage
  ) throws(JSONError) -> WellKnown.`Any` {
    guard case .object(var members) = value else {
      throw JSONError("expected an object, found \(value.kindName)")
    }
    var message = WellKnown.`Any`()
    if members.isEmpty { return message }
    guard let index = members.firstIndex(where: { $0.name == "@type" }),
      case .string(let url) = members.remove(at: index).value
    else { throw JSONError("expected \"@type\" with the message's type") }
    message.typeURL = url
    let schema = try schema(for: message, mapping.options.registry)
    var writer = WireWriter()
    if SpecialForm(schema.name) == nil {
      try mapping.write(members, as: schema, into: &writer)
    } else {
      guard members.count == 1, members[0].name == "value" else {
        throw JSONError("expected \"value\" with the \(schema.name), and nothing else")
      }
      try mapping.write(members[0].value, as: schema, into: &writer)
    }
    message.value = [UInt8](writer.bytes)
    return message
  }

  private static func schema(
    for message: WellKnown.`Any`, _ registry: TypeRegistry
  ) throws(JSONError) -> MessageSchema {
    guard message.typeURL.contains("/") else {
      throw JSONError("\"\(message.typeURL)\" is not a type URL such as type.googleapis.com/package.Name")
    }
    guard let schema = registry.schema(named: message.typeName) else {
      throw JSONError("the type \(message.typeName) is not known here")
    }
    return schema
  }
}
