import Contexts
import Coordination
import Foundation
import Journal
import Postgres
import Projects
import Sessions
import TestSupport
import Testing

/// Goes over all statements of the program. A wrong name, of a fragment, a parameter or a column, and a wrong type fail
/// here, and never in a request.
@Suite struct StatementTests {
  private static let modules: [(name: String, statements: [any CheckedStatement])] = [
    ("Journal", JournalQueries.all), ("Projects", ProjectQueries.all), ("Contexts", ContextStatements.all),
    ("Sessions", SessionStatements.all), ("Coordination", CoordinationStatements.all),
  ]

  /// All that the program has.
  private static let schema = TestSchema(
    JournalMigrations.all + ContextMigrations.all + SessionMigrations.all
      + CoordinationMigrations.all)

  @Test("every statement is one that the server takes, with the names and types that the program uses")
  func statements() throws {
    let database = try TestDatabase(Self.schema)
    defer { withExtendedLifetime(database) {} }
    let describer = try Describer(url: database.url)
    var problems: [String] = []
    for statement in Self.modules.flatMap(\.statements) + (try Samples.all()) {
      problems += statement.problems
      problems += describer.problems(of: statement)
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("every .sql file of a query is one of a statement, and every fragment is used")
  func files() throws {
    let statements = Self.modules.flatMap(\.statements) + (try Samples.all())
    let samples = Dictionary(grouping: statements.compactMap { $0 as? ComposedSample }, by: \.query)
    let names = Set(
      statements.flatMap { [$0.statement.name, $0.statement.merged?.name ?? ""] } + samples.keys)
    let files = Self.files()
    #expect(files.count > 20)
    let unused = files.subtracting(names)
    #expect(unused.isEmpty, "no statement is one of \(unused.sorted())")
    for (query, samples) in samples {
      let used = samples.reduce(into: samples[0].library.included) {
        $0.formUnion($1.composition.fragments)
      }
      let left = samples[0].library.names.filter { !used.contains($0) }
      #expect(left.isEmpty, "no sample of \(query) has \(left)")
    }
  }

  /// The names of the files in folders `Queries`, those of fragments excepted.
  private static func files() -> Set<String> {
    let sources = URL(filePath: #filePath).appending(path: "../../../Sources").standardized
    var names: Set<String> = []
    for (module, _) in modules {
      let folder = FileManager.default.enumerator(atPath: sources.appending(path: module).path)
      while let path = folder?.nextObject() as? String {
        let parts = path.split(separator: "/")
        guard parts.contains("Queries"), !parts.contains("Fragments"), path.hasSuffix(".sql") else {
          continue
        }
        names.insert(String(parts[parts.count - 1].dropLast(4)))
      }
    }
    return names
  }
}

extension Describer {
  /// What is wrong with a statement, its merged one included.
  func problems(of checked: any CheckedStatement) -> [String] {
    let statement = checked.statement
    switch described(statement, checked.parameterTypes) {
    case .failure(let refusal): return ["\(statement.name): \(refusal.message)\n\(statement.sql)"]
    case .success(let columns):
      var problems = checked.problems(with: columns)
      if let merged = statement.merged {
        problems += self.problems(of: merged, like: columns, checked.parameterTypes.count)
      }
      return problems
    }
  }

  /// A merged statement takes an array of texts for each parameter, and returns the same columns and the place.
  private func problems(of merged: Statement, like columns: [ResultColumn], _ count: Int) -> [String] {
    switch described(merged, Array(repeating: .textArray, count: count)) {
    case .failure(let refusal): return ["\(merged.name): \(refusal.message)\n\(merged.sql)"]
    case .success(let found):
      let isRight = found.dropLast().elementsEqual(columns) && found.last?.type == .int8
      return isRight ? [] : ["\(merged.name) returns other columns than the statement that it stands for"]
    }
  }

  private func described(_ statement: Statement, _ types: [PostgresType]) -> Result<[ResultColumn], Refusal> {
    do throws(Refusal) { return .success(try columns(of: statement, types)) } catch { return .failure(error) }
  }
}
