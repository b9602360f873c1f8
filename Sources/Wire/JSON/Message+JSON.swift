/// How messages are written as ProtoJSON.
package struct JSONPrinting: Sendable {
  package var style = JSONPrinter.Style.compact
  /// Also fields that have their default value, except those that know whether they are set.
  package var includesDefaults = false
  /// `create_time` rather than `createTime`.
  package var usesProtoNames = false
  /// What may be inside an Any.
  package var registry = TypeRegistry()

  package init() {}
}

/// How messages are read from ProtoJSON.
package struct JSONParsing: Sendable {
  /// Steps over unknown fields, and unknown names of enum values, instead of refusing them.
  package var ignoresUnknown = false
  /// What may be inside an Any.
  package var registry = TypeRegistry()

  package init() {}
}

extension Message {
  /// Reads ProtoJSON: names in lowerCamelCase or as in the `.proto` file, 64-bit numbers also as strings,
  /// enum values by name or number, and the special forms of the well-known types.
  package init(json text: String, _ options: JSONParsing = JSONParsing()) throws(JSONError) {
    let bytes = try Self.schema.serialize(json: text, options: options)
    do throws(WireError) {
      try self.init(decoding: bytes)
    } catch {
      throw JSONError(error.description)
    }
  }

  /// Writes ProtoJSON. Fails for what has no JSON form: an Any of a type that is not in the registry, a
  /// Timestamp or Duration out of range, a Value without a kind.
  package func json(_ options: JSONPrinting = JSONPrinting()) throws(JSONError) -> String {
    try Self.schema.json(of: serializedBytes(), options)
  }
}

/// The same for messages whose type is only known at run time: from and to their wire format.
extension MessageSchema {
  /// The JSON of the message that `bytes` are.
  package func json(of bytes: [UInt8], _ options: JSONPrinting = JSONPrinting()) throws(JSONError) -> String {
    JSONPrinter.print(try MessageToJSON(options).value(of: bytes, self), style: options.style)
  }

  /// The wire format of the message that a JSON text says.
  package func serialize(json text: String, options: JSONParsing = JSONParsing()) throws(JSONError)
    -> [UInt8]
  {
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONParser.parse(text)
    } catch {
      throw JSONError(error.description)
    }
    return try serialize(value, options: options)
  }

  /// The wire format of the message that a JSON tree says.
  package func serialize(_ value: JSONValue, options: JSONParsing = JSONParsing()) throws(JSONError)
    -> [UInt8]
  {
    var writer = WireWriter()
    try JSONToMessage(options).write(value, as: self, into: &writer)
    return [UInt8](writer.bytes)
  }
}
