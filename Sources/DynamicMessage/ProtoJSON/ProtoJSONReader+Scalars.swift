import Wire

extension ProtoJSONReader {
  func scalar(_ json: JSONValue, as kind: SchemaKind) throws(ProtoJSONError) -> DynamicValue {
    switch kind {
    case .bool:
      guard case .bool(let value) = json else { throw .expected("true or false", found: json) }
      return .bool(value)
    case .int32, .sint32, .sfixed32: return .int32(try integer(json))
    case .int64, .sint64, .sfixed64: return .int64(try integer(json))
    case .uint32, .fixed32: return .uint32(try integer(json))
    case .uint64, .fixed64: return .uint64(try integer(json))
    case .float: return .float(try floating(json))
    case .double: return .double(try floating(json))
    case .string:
      guard case .string(let value) = json else { throw .expected("a string", found: json) }
      return .string(value)
    case .bytes:
      guard case .string(let text) = json else { throw .expected("a string in base64", found: json) }
      guard let bytes = Base64.decode(text.utf8) else {
        throw ProtoJSONError("the string is not valid base64")
      }
      return .bytes(bytes)
    case .enum, .message, .group: preconditionFailure("not a scalar")
    }
  }

  func mapKey(_ name: String, as kind: SchemaKind) throws(ProtoJSONError) -> DynamicValue {
    guard let key = JSONValue(key: name, isBool: kind == .bool) else {
      throw ProtoJSONError("the key must be \"true\" or \"false\"")
    }
    return try scalar(key, as: kind)
  }

  func enumeration(_ json: JSONValue, of field: SchemaField, in pool: DescriptorPool) throws(ProtoJSONError)
    -> Int32
  {
    guard let name = field.typeName, let type = pool.enumeration(name) else {
      throw ProtoJSONError("its type is not known")
    }
    switch json {
    case .string(let text):
      if let value = type.values.first(where: { $0.name.hasSameBytes(as: text) }) { return value.number }
      throw ProtoJSONError(
        "\(name) has no value \"\(text)\"" + NearestName.hint(for: text, among: type.values.map(\.name)))
    case .number(let digits):
      if let number: Int32 = JSONInteger.parse(digits) { return number }
    case .null where name == "google.protobuf.NullValue": return 0
    default: break
    }
    throw .expected("the name or number of a \(name)", found: json)
  }

  /// A whole number, as a JSON number of any spelling or as such a number in a string.
  private func integer<T: FixedWidthInteger>(_ json: JSONValue) throws(ProtoJSONError) -> T {
    if let value: T = json.wholeNumber() { return value }
    throw .expected("a whole number from \(T.min) to \(T.max)", found: json)
  }

  private func floating<T: BinaryFloatingPoint & LosslessStringConvertible>(_ json: JSONValue)
    throws(ProtoJSONError) -> T
  {
    switch json.floatingPoint(as: T.self) {
    case .number(let value): return value
    case .outOfRange: throw .expected("a number that fits \(T.self)", found: json)
    case .noNumber: throw .expected("a number", found: json)
    }
  }
}
