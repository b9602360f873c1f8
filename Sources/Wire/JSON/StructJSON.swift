extension WellKnown.Value {
  /// The value that a JSON tree is.
  package init(_ json: JSONValue) throws(JSONError) {
    switch json {
    case .null: self = .null
    case .bool(let value): self.init(.boolValue(value))
    case .number(let text):
      guard let number = Double(text), number.isFinite else {
        throw JSONError("\(text.prefix(40)) is out of range")
      }
      self.init(.numberValue(number))
    case .string(let text): self.init(.stringValue(text))
    case .array: self.init(.listValue(try WellKnown.ListValue(json)))
    case .object: self.init(.structValue(try WellKnown.Struct(json)))
    }
  }

  /// The JSON tree that the value is.
  package func jsonValue() throws(JSONError) -> JSONValue {
    switch kind {
    case nil: throw JSONError("a Value without a kind has no JSON form")
    case .nullValue: return .null
    case .boolValue(let value): return .bool(value)
    case .numberValue(let number):
      guard number.isFinite else { throw JSONError("\(number) has no JSON form in a Value") }
      return .floating(number, fraction: .always)
    case .stringValue(let text): return .string(text)
    case .listValue(let list): return try list.jsonValue()
    case .structValue(let structure): return try structure.jsonValue()
    }
  }
}

extension WellKnown.Struct {
  /// The object that a JSON tree is.
  package init(_ json: JSONValue) throws(JSONError) {
    guard case .object(let members) = json else {
      throw JSONError("expected an object, found \(json.kindName)")
    }
    self.init()
    for member in members {
      do throws(JSONError) {
        fields[member.name] = try WellKnown.Value(member.value)
      } catch {
        throw error.inside(member.name)
      }
    }
  }

  /// The JSON object, its members sorted by name.
  package func jsonValue() throws(JSONError) -> JSONValue {
    var members: [JSONMember] = []
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      do throws(JSONError) {
        members.append(JSONMember(name.text, try value.jsonValue()))
      } catch {
        throw error.inside(name.text)
      }
    }
    return .object(members)
  }
}

extension WellKnown.ListValue {
  /// The array that a JSON tree is.
  package init(_ json: JSONValue) throws(JSONError) {
    guard case .array(let items) = json else {
      throw JSONError("expected an array, found \(json.kindName)")
    }
    self.init()
    for (index, item) in items.enumerated() {
      do throws(JSONError) {
        values.append(try WellKnown.Value(item))
      } catch {
        throw error.inside(element: index)
      }
    }
  }

  /// The JSON array.
  package func jsonValue() throws(JSONError) -> JSONValue {
    var items: [JSONValue] = []
    for (index, value) in values.enumerated() {
      do throws(JSONError) {
        items.append(try value.jsonValue())
      } catch {
        throw error.inside(element: index)
      }
    }
    return .array(items)
  }
}
