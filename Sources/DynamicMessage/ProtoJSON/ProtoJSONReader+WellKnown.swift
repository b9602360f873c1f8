import Wire

extension ProtoJSONReader {
  func wellKnown(_ json: JSONValue, as form: WellKnownForm, type: MessageType) throws(ProtoJSONError)
    -> DynamicMessage
  {
    switch form {
    case .timestamp:
      return try seconds(
        json, as: type, expected: "an RFC 3339 time such as \"2024-05-01T12:00:00Z\"",
        parse: TimestampText.parse)
    case .duration:
      return try seconds(json, as: type, expected: "a duration such as \"1.5s\"", parse: DurationText.parse)
    case .fieldMask: return try fieldMask(json, as: type)
    case .wrapper:
      var message = DynamicMessage(type)
      let field = type.wellKnownField(1)
      // A null on its own is the wrapper with its zero; as a field it would have been unset.
      if json != .null { message.store(try scalar(json, as: field.kind), for: field) }
      return message
    case .structure:
      guard case .object(let members) = json else { throw .expected("an object", found: json) }
      return try structure(members, as: type)
    case .listValue:
      guard case .array(let items) = json else { throw .expected("an array", found: json) }
      return try listValue(items, as: type)
    case .value: return try value(json, as: type)
    case .any: return try any(json, as: type)
    }
  }

  private func seconds(
    _ json: JSONValue, as type: MessageType, expected: String,
    parse: (String) -> (seconds: Int64, nanos: Int32)?
  ) throws(ProtoJSONError) -> DynamicMessage {
    guard case .string(let text) = json, let time = parse(text) else {
      throw .expected(expected, found: json)
    }
    var message = DynamicMessage(type)
    message.store(.int64(time.seconds), for: type.wellKnownField(1))
    message.store(.int32(time.nanos), for: type.wellKnownField(2))
    return message
  }

  private func fieldMask(_ json: JSONValue, as type: MessageType) throws(ProtoJSONError) -> DynamicMessage {
    guard case .string(let text) = json, let paths = FieldMaskText.parse(text) else {
      throw .expected("paths in lowerCamelCase such as \"title,owner.displayName\"", found: json)
    }
    var message = DynamicMessage(type)
    message.store(.list(paths.map { .string($0) }), for: type.wellKnownField(1))
    return message
  }

  private func structure(_ members: [JSONMember], as type: MessageType) throws(ProtoJSONError)
    -> DynamicMessage
  {
    try check(type, has: .structure)
    var message = DynamicMessage(type)
    let field = type.wellKnownField(1)
    guard let entry = type.mapEntry(of: field), let nested = type.type(of: field)?.type(of: entry.value)
    else {
      preconditionFailure("the form of Struct was checked")
    }
    var entries: [DynamicValue: DynamicValue] = [:]
    for member in members {
      entries[.string(member.name)] = try PathComponent.key(member.name).around { () throws(ProtoJSONError) in
        .message(try value(member.value, as: nested))
      }
    }
    message.store(.map(entries), for: field)
    return message
  }

  private func listValue(_ items: [JSONValue], as type: MessageType) throws(ProtoJSONError) -> DynamicMessage
  {
    try check(type, has: .listValue)
    var message = DynamicMessage(type)
    let field = type.wellKnownField(1)
    guard let nested = type.type(of: field) else { preconditionFailure("the form of ListValue was checked") }
    var values: [DynamicValue] = []
    for (index, item) in items.enumerated() {
      values.append(
        try PathComponent.index(index).around { () throws(ProtoJSONError) in
          .message(try value(item, as: nested))
        })
    }
    message.store(.list(values), for: field)
    return message
  }

  private func value(_ json: JSONValue, as type: MessageType) throws(ProtoJSONError) -> DynamicMessage {
    try check(type, has: .value)
    var message = DynamicMessage(type)
    func nested(_ number: Int32) -> MessageType {
      guard let nested = type.type(of: type.wellKnownField(number)) else {
        preconditionFailure("the form of Value was checked")
      }
      return nested
    }
    switch json {
    case .null: message.store(.enumeration(0), for: type.wellKnownField(1))
    case .number: message.store(try scalar(json, as: .double), for: type.wellKnownField(2))
    case .string(let text): message.store(.string(text), for: type.wellKnownField(3))
    case .bool(let flag): message.store(.bool(flag), for: type.wellKnownField(4))
    case .object(let members):
      message.store(.message(try structure(members, as: nested(5))), for: type.wellKnownField(5))
    case .array(let items):
      message.store(.message(try listValue(items, as: nested(6))), for: type.wellKnownField(6))
    }
    return message
  }

  /// A server may send types of these names with other fields.
  private func check(_ type: MessageType, has form: WellKnownForm) throws(ProtoJSONError) {
    guard type.wellKnownForm == form else {
      throw ProtoJSONError("\(type.fullName) lacks the fields it should have")
    }
  }

  private func any(_ json: JSONValue, as type: MessageType) throws(ProtoJSONError) -> DynamicMessage {
    guard case .object(let members) = json else { throw .expected("an object with \"@type\"", found: json) }
    var message = DynamicMessage(type)
    if members.isEmpty { return message }
    guard case .string(let url)? = members.first(where: { $0.name == "@type" })?.value else {
      throw ProtoJSONError("an Any needs \"@type\", such as \"type.googleapis.com/google.rpc.ErrorInfo\"")
    }
    let name = url.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    guard url.contains("/"), let content = type.pool.message(name) else {
      throw PathComponent.field("@type").missing(url)
    }
    let rest = members.filter { $0.name != "@type" }
    let inner: DynamicMessage
    if content.wellKnownForm != nil {
      guard rest.count == 1, rest[0].name == "value" else {
        throw ProtoJSONError("an Any of \(name) has exactly \"@type\" and \"value\"")
      }
      inner = try PathComponent.field("value").around { () throws(ProtoJSONError) in
        try self.message(rest[0].value, as: content)
      }
    } else {
      inner = try fields(rest, of: content)
    }
    do throws(UnpackError) {
      message.store(.string(url), for: type.wellKnownField(1))
      message.store(.bytes(try inner.serializedBytes()), for: type.wellKnownField(2))
    } catch {
      throw ProtoJSONError("\(error)")
    }
    return message
  }
}

extension PathComponent {
  fileprivate func missing(_ url: String) -> ProtoJSONError {
    ProtoJSONError("no message type is known for \"\(url)\"").inside(self)
  }
}
