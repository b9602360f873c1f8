/// Statements that are put together from fragments of `.sql` files, for each request those that it needs: each
/// combination of conditions is a statement of its own, which is planned for what it asks.
package final class ComposedQuery<Columns: ColumnLayout>: Sendable {
  package let name: String
  package let fragments: SQLFragments

  package init(_ name: String, _ fragments: SQLFragments) {
    self.name = name
    self.fragments = fragments
  }

  /// Begins a statement.
  package func begin() -> Composition { Composition(fragments) }

  /// What such a statement returned, with the places of its columns.
  package func results(_ rows: Rows) throws(PostgresError) -> Results<Columns> {
    Results(rows, try Columns(of: rows, name))
  }

  /// A statement as the test that goes over all statements takes it: those of a query must have all of its fragments.
  package func sample(_ composition: Composition) -> ComposedSample {
    ComposedSample(
      query: name, composition: composition, library: fragments,
      problemsWithColumns: { [name] in Columns.problems(with: $0).map { "\(name): \($0)" } })
  }
}

/// A statement under construction.
package struct Composition: Sendable {
  private let source: SQLFragments
  package private(set) var sql = ""
  package private(set) var parameters: [any PostgresValue] = []
  /// Numbers of the parameters that have a value, from 0.
  private var numbers: [(name: String, number: Int)] = []
  /// The fragments it is made of.
  package private(set) var fragments: [String] = []
  /// Wrong names, for the test that goes over all statements. A server refuses what has some.
  package private(set) var problems: [String] = []

  package init(_ source: SQLFragments) { self.source = source }

  /// Adds a fragment.
  ///
  /// - Parameter values: For its parameters, by their names. Those that a fragment before it was given may be left out.
  package mutating func add(_ name: String, _ values: KeyValuePairs<String, any PostgresValue> = [:]) {
    fragments.append(name)
    guard let pieces = source.pieces(of: name) else {
      problems.append("there is no fragment {\(name)}")
      sql += "{\(name)}"
      return
    }
    for (parameter, value) in values {
      numbers.removeAll { $0.name == parameter }
      numbers.append((parameter, parameters.count))
      parameters.append(value)
      if !pieces.contains(.parameter(parameter)) { problems.append("{\(name)} has no @\(parameter)") }
    }
    for piece in pieces {
      switch piece {
      case .sql(let text), .include(let text, _): sql += text
      case .parameter(let parameter): add(parameter: parameter, in: name)
      }
    }
    sql += "\n"
  }

  private mutating func add(parameter: String, in fragment: String) {
    if let known = numbers.last(where: { $0.name == parameter }) {
      sql += "$"
      sql += String(known.number + 1)
    } else {
      problems.append("{\(fragment)} has no value for @\(parameter)")
      sql += "@\(parameter)"
    }
  }

  /// The statement; equal texts share a plan.
  package var statement: BoundStatement { Statement.composed(sql).bind(parameters) }
}

/// One of the statements that a ``ComposedQuery`` may make.
package struct ComposedSample: CheckedStatement {
  /// The name of the query.
  package let query: String
  package let composition: Composition
  /// What it could be made of.
  package let library: SQLFragments
  let problemsWithColumns: @Sendable ([ResultColumn]) -> [String]

  package var statement: Statement { composition.statement.statement }
  package var parameterTypes: [PostgresType] { composition.parameters.map { type(of: $0).postgresType } }
  package var problems: [String] { (library.problems + composition.problems).map { "\(query): \($0)" } }
  package func problems(with columns: [ResultColumn]) -> [String] { problemsWithColumns(columns) }
}
