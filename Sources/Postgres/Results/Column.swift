/// Where a column is in the results of a statement. Got by its name, from a ``ColumnFinder``.
package struct Column<Value: PostgresValue>: Sendable {
  let index: Int32
}

/// The columns that something is decoded from: one ``Column`` each, found by its name.
///
/// ```swift
/// struct NoteColumns: ColumnLayout {
///   let id: Column<String>
///   let body: Column<String?>
///
///   init(_ find: inout ColumnFinder) {
///     id = find("note_id")
///     body = find("body")
///   }
/// }
/// ```
package protocol ColumnLayout: Sendable {
  init(_ find: inout ColumnFinder)
}

/// A statement whose results have no columns, or none that anybody reads.
package struct NoColumns: ColumnLayout {
  package init(_: inout ColumnFinder) {}
}

/// The only column of a statement, whatever its name.
package struct OneColumn<Value: PostgresValue>: ColumnLayout {
  package let value: Column<Value>

  package init(_ find: inout ColumnFinder) { value = find.only() }
}

/// A column of a result, as the server describes it.
package struct ResultColumn: Sendable, Equatable {
  package let name: String
  package let type: PostgresType

  package init(name: String, type: PostgresType) {
    self.name = name
    self.type = type
  }
}

/// Finds columns of a result by their names, and notes what is wrong.
package struct ColumnFinder {
  private let columns: [ResultColumn]
  private var read: Set<Int> = []
  package private(set) var problems: [String] = []

  package init(_ columns: [ResultColumn]) { self.columns = columns }

  package mutating func callAsFunction<Value: PostgresValue>(
    _ name: String, as _: Value.Type = Value.self
  ) -> Column<Value> {
    let places = columns.indices.filter { columns[$0].name == name }
    guard places.count == 1 else {
      problems.append(places.isEmpty ? "there is no column \(name)" : "two columns are named \(name)")
      return Column(index: 0)
    }
    return column(at: places[0])
  }

  /// A column that not all statements return; nil where there is none.
  package mutating func ifAny<Value: PostgresValue>(
    _ name: String, as _: Value.Type = Value.self
  ) -> Column<Value>? {
    columns.contains { $0.name == name } ? self(name) : nil
  }

  mutating func only<Value: PostgresValue>() -> Column<Value> {
    guard columns.count == 1 else {
      problems.append("there are \(columns.count) columns, not one")
      return Column(index: 0)
    }
    return column(at: 0)
  }

  private mutating func column<Value: PostgresValue>(at place: Int) -> Column<Value> {
    read.insert(place)
    let column = columns[place]
    if !Value.decodes(column.type) {
      problems.append("column \(column.name) has type \(column.type.oid), which is not read as \(Value.self)")
    }
    return Column(index: Int32(place))
  }

  /// The columns that nobody has asked for.
  package var unread: [String] {
    columns.indices.filter { !read.contains($0) }.map { columns[$0].name }
  }
}

extension ColumnLayout {
  /// Throws `invalidResult` when a column is missing or of another type.
  package init(of rows: Rows, _ statement: String) throws(PostgresError) {
    var finder = ColumnFinder(rows.columns)
    self.init(&finder)
    guard let problem = finder.problems.first else { return }
    throw PostgresError(.invalidResult, "\(statement): \(problem)")
  }

  /// What is wrong with the columns of a statement, those included that are returned for nobody.
  static func problems(with columns: [ResultColumn]) -> [String] {
    var finder = ColumnFinder(columns)
    _ = Self(&finder)
    if Self.self == NoColumns.self { return [] }
    return finder.problems + finder.unread.map { "nobody reads the column \($0)" }
  }
}
