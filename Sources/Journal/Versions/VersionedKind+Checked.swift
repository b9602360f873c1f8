import Postgres

/// A statement of a kind, for the test that goes over all statements of the program.
struct CheckedVersionStatement: CheckedStatement {
  let statement: Statement
  let parameterTypes: [PostgresType]

  /// Wrong placeholders end the program when the kind is described.
  var problems: [String] { [] }
  /// Results are read by their places, which are those of the description.
  func problems(with _: [ResultColumn]) -> [String] { [] }
}

extension VersionedKind {
  /// All statements of the kind.
  package var checkedStatements: [any CheckedStatement] {
    let keys = key.map(\.format.arrayType)
    let rows = (key + part).map(\.format.arrayType)
    let parameter = type(of: boundParameter).postgresType
    let moment = [PostgresType.int8, .timestamptz]
    let deleting = deletion == .soft ? [PostgresType.text, parameter] + rows : [.text] + rows
    let all: [(Statement?, [PostgresType])] = [
      (statements.lock, [.text] + keys),
      (statements.supersede, [.text] + rows),
      (statements.images, [.text, .int8] + keys),
      (statements.restore, [.text, .int8, parameter] + rows),
      (statements.plan, [.text] + moment + keys),
      (statements.writeBack, [.text] + moment + [parameter] + rows),
      (statements.returnRows, [.text, .int8] + rows + [.int8Array]),
      (statements.delete, deleting),
      (statements.compare, [.text] + moment + moment + keys + [.int8Array]),
    ]
    return all.compactMap { statement, types in
      statement.map { CheckedVersionStatement(statement: $0, parameterTypes: types) }
    }
  }
}

extension KeyColumn.Format {
  fileprivate var arrayType: PostgresType {
    switch self {
    case .text: .textArray
    case .smallint: .int2Array
    case .timestamp: .timestamptzArray
    }
  }
}
