import Wire

extension ProtoJSONWriter {
  func wellKnown(_ message: DynamicMessage, as form: WellKnownForm, depth: Int) throws(ProtoJSONError)
    -> JSONValue
  {
    switch form {
    case .timestamp: return try seconds(message, format: TimestampText.format)
    case .duration: return try seconds(message, format: DurationText.format)
    case .fieldMask: return try fieldMask(message)
    case .wrapper: return try wrapper(message)
    case .structure: return .object(try structure(message, depth: depth))
    case .listValue: return .array(try items(message, depth: depth))
    case .value: return try value(message, depth: depth)
    case .any: return try any(message, depth: depth)
    }
  }

  private func seconds(_ message: DynamicMessage, format: (Int64, Int32) -> String?) throws(ProtoJSONError)
    -> JSONValue
  {
    var time: (seconds: Int64, nanos: Int32) = (0, 0)
    if case .int64(let value)? = field(1, of: message) { time.seconds = value }
    if case .int32(let value)? = field(2, of: message) { time.nanos = value }
    guard let text = format(time.seconds, time.nanos) else {
      throw ProtoJSONError("\(time.seconds) s and \(time.nanos) ns are no valid \(message.type.fullName)")
    }
    return .string(text)
  }

  private func fieldMask(_ message: DynamicMessage) throws(ProtoJSONError) -> JSONValue {
    var paths: [String] = []
    if case .list(let items)? = field(1, of: message) {
      for case .string(let path) in items { paths.append(path) }
    }
    guard let text = FieldMaskText.format(paths) else {
      throw ProtoJSONError("a path of the mask has no JSON form: \(paths.joined(separator: ", "))")
    }
    return .string(text)
  }

  /// An unset field of a wrapper is its zero.
  private func wrapper(_ message: DynamicMessage) throws(ProtoJSONError) -> JSONValue {
    let kind = message.type.wellKnownField(1).kind
    guard let json = (field(1, of: message) ?? .zero(of: kind))?.scalarJSON else {
      throw ProtoJSONError("no wrapper holds this")
    }
    return json
  }

  private func structure(_ message: DynamicMessage, depth: Int) throws(ProtoJSONError) -> [JSONMember] {
    guard case .map(let entries)? = field(1, of: message),
      let entry = message.type.mapEntry(of: message.type.wellKnownField(1))
    else { return [] }
    return try map(entries, of: entry.value, in: message.type, depth: depth)
  }

  private func items(_ message: DynamicMessage, depth: Int) throws(ProtoJSONError) -> [JSONValue] {
    guard case .list(let items)? = field(1, of: message) else { return [] }
    var values: [JSONValue] = []
    for (index, item) in items.enumerated() {
      guard case .message(let item) = item else { continue }
      values.append(
        try PathComponent.index(index).around { () throws(ProtoJSONError) in
          try self.message(item, depth: depth + 1)
        })
    }
    return values
  }

  private func value(_ message: DynamicMessage, depth: Int) throws(ProtoJSONError) -> JSONValue {
    for number in Int32(1)...6 {
      guard let value = field(number, of: message) else { continue }
      switch value {
      case .enumeration: return .null
      case .message(let nested): return try self.message(nested, depth: depth + 1)
      case .double(let value) where !value.isFinite: throw ProtoJSONError("JSON has no number for \(value)")
      default: if let json = value.scalarJSON { return json }
      }
    }
    throw ProtoJSONError("a google.protobuf.Value without a kind has no JSON form")
  }

  private func any(_ message: DynamicMessage, depth: Int) throws(ProtoJSONError) -> JSONValue {
    var url = ""
    var bytes: [UInt8] = []
    if case .string(let value)? = field(1, of: message) { url = value }
    if case .bytes(let value)? = field(2, of: message) { bytes = value }
    if url.isEmpty, bytes.isEmpty { return .object([]) }
    let name = url.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    guard let contentType = message.type.pool.message(name) else {
      guard options.showsUnknownAny else {
        throw ProtoJSONError("no message type is known for \"\(url)\"").inside(.field("@type"))
      }
      return .object([JSONMember("@type", .string(url)), JSONMember("@value", .bytes(bytes))])
    }
    let content: DynamicMessage
    do throws(UnpackError) {
      content = try DynamicMessage(bytes: bytes, type: contentType)
    } catch {
      throw ProtoJSONError("\(error)")
    }
    let json = try self.message(content, depth: depth + 1)
    return .any(url, json, hasOwnForm: contentType.wellKnownForm != nil)
  }

  private func field(_ number: Int32, of message: DynamicMessage) -> DynamicValue? {
    message.value(of: message.type.wellKnownField(number))
  }
}
