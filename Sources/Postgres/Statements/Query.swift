import Synchronization

/// A statement of a `.sql` file: what it is given, by the names of its parameters, and what it returns, by the names
/// of its columns.
///
/// ```swift
/// static let find = Query<(project: ProjectID, id: String), NoteColumns>(
///   "find_note", PackageResources.find_note_sql, including: .notes,
///   [.init("project") { $0.project.text }, .init("id") { $0.id }])
/// ```
///
/// The names are resolved once: those of parameters when the query is made, those of columns at its first result. A
/// test goes over all queries of the program (``CheckedStatement``) and compares them with what the server says of
/// them.
package final class Query<Input, Columns: ColumnLayout>: Sendable {
  package let statement: Statement
  private let parameters: [Parameter<Input>]
  private let textProblems: [String]
  private let found = AtomicLazyReference<FoundColumns<Columns>>()

  /// Create each once, in a `static let`.
  ///
  /// - Parameters:
  ///   - resource: The text of a `.sql` file.
  ///   - fragments: What the text may include.
  ///   - merged: Answers several look-ups at once, see ``Statement``. Takes arrays under the same names.
  package init(
    _ name: String, _ resource: [UInt8], including fragments: SQLFragments = SQLFragments(),
    _ parameters: [Parameter<Input>] = [], merged: MergedQuery? = nil
  ) {
    var problems: [String] = []
    let names = parameters.map(\.name)
    if Set(names).count < names.count { problems.append("\(name) has two parameters of one name") }
    let merged = merged.map { merged in
      Statement(merged.name, Self.sql(merged.resource, fragments, names, in: merged.name, &problems))
    }
    statement = Statement(name, Self.sql(resource, fragments, names, in: name, &problems), merged: merged)
    self.parameters = parameters
    textProblems = problems
  }

  /// From a text that is in no file, as tests have them.
  package convenience init(
    _ name: String, _ sql: String, including fragments: SQLFragments = SQLFragments(),
    _ parameters: [Parameter<Input>] = []
  ) {
    self.init(name, Array(sql.utf8), including: fragments, parameters)
  }

  /// The text with includes and numbers in their places.
  private static func sql(
    _ resource: [UInt8], _ fragments: SQLFragments, _ names: [String], in statement: String,
    _ problems: inout [String]
  ) -> String {
    var found: [String] = []
    let pieces = fragments.closed(String(decoding: resource, as: UTF8.self), &found)
    var unused = Set(names)
    var sql = ""
    for piece in pieces {
      switch piece {
      case .sql(let text), .include(let text, _): sql += text
      case .parameter(let name):
        if let index = names.firstIndex(of: name) {
          sql += "$\(index + 1)"
          unused.remove(name)
        } else {
          found.append("nothing is declared for @\(name)")
          sql += "@\(name)"
        }
      }
    }
    found += unused.sorted().map { "@\($0) is declared and not in the text" }
    problems += found.map { "\(statement): \($0)" }
    return sql.trimmed
  }

  /// The statement with values for its parameters.
  package func bind(_ input: Input) -> BoundStatement {
    var values: [any PostgresValue] = []
    values.reserveCapacity(parameters.count)
    for parameter in parameters { values.append(parameter.value(input)) }
    return BoundStatement(statement, values)
  }

  /// What the statement returned, with the places of its columns.
  package func results(_ rows: Rows) throws(PostgresError) -> Results<Columns> {
    Results(rows, try columns(in: rows))
  }

  /// Where the columns are in results of this statement. Found once: its results have the same columns always.
  package func columns(in rows: Rows) throws(PostgresError) -> Columns {
    if let found = found.load() { return found.columns }
    let columns = try Columns(of: rows, statement.name)
    return found.storeIfNil(FoundColumns(columns)).columns
  }
}

private final class FoundColumns<Columns: ColumnLayout>: Sendable {
  let columns: Columns
  init(_ columns: Columns) { self.columns = columns }
}

/// The statement that answers several look-ups of a query at once.
package struct MergedQuery {
  let name: String
  let resource: [UInt8]

  package init(_ name: String, _ resource: [UInt8]) {
    self.name = name
    self.resource = resource
  }
}

extension Query where Input == Void {
  package func bind() -> BoundStatement { bind(()) }
}

extension Query: CheckedStatement {
  package var parameterTypes: [PostgresType] { parameters.map(\.type) }

  package var problems: [String] { textProblems }

  package func problems(with columns: [ResultColumn]) -> [String] {
    Columns.problems(with: columns).map { "\(statement.name): \($0)" }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last.map({ $0.isWhitespace || $0 == ";" }) ?? false { text.removeLast() }
    return String(text)
  }
}
