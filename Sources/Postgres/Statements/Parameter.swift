/// A parameter of a statement: its name in the SQL text (`@name`), its type, and where its value is in what the
/// statement is given.
package struct Parameter<Input>: Sendable {
  package let name: String
  package let type: PostgresType
  let value: @Sendable (Input) -> any PostgresValue

  package init<Value: PostgresValue>(_ name: String, _ value: @escaping @Sendable (Input) -> Value) {
    self.name = name
    type = Value.postgresType
    self.value = { value($0) }
  }

  private init(name: String, type: PostgresType, value: @escaping @Sendable (Input) -> any PostgresValue) {
    self.name = name
    self.type = type
    self.value = value
  }

  /// The same of something that the input holds: what several statements take is declared once.
  package func of<Whole>(_ part: @escaping @Sendable (Whole) -> Input) -> Parameter<Whole> {
    Parameter<Whole>(name: name, type: type) { [value] in value(part($0)) }
  }
}

/// Some parameters that several statements take, as a part of what they are given.
package func parameters<Part, Whole>(
  _ list: [Parameter<Part>], of part: @escaping @Sendable (Whole) -> Part
) -> [Parameter<Whole>] {
  list.map { $0.of(part) }
}
