/// The named fragments of a `.sql` file, and the statements put together from them: each combination of conditions is a
/// statement of its own, which is planned for what it asks.
package struct QueryFragments {
  /// Each cut at its `$?`: statements are put together for every request.
  private let fragments: [String: [Substring]]

  /// Fragments begin with a line `-- name:` and reach to the next one; what stands before the first is a
  /// comment. Several files share their names.
  package init(_ files: String...) {
    var texts: [Substring: String] = [:]
    for file in files {
      var name: Substring?
      for line in file.split(separator: "\n") {
        if line.hasPrefix("-- "), line.hasSuffix(":") {
          name = line.dropFirst(3).dropLast()
        } else if let name {
          texts[name, default: ""] += line + "\n"
        }
      }
    }
    var fragments: [String: [Substring]] = [:]
    for (name, text) in texts {
      fragments[String(name)] = text.split(separator: "$?", omittingEmptySubsequences: false)
    }
    self.fragments = fragments
  }

  /// A statement under construction.
  package struct Composition {
    private let source: QueryFragments
    package private(set) var sql = ""
    package private(set) var parameters: [any PostgresValue] = []

    package init(_ source: QueryFragments) { self.source = source }

    /// Adds a fragment, with a value for each `$?` in it.
    package mutating func add(_ name: String, _ values: any PostgresValue...) {
      guard let pieces = source.fragments[name] else { preconditionFailure("no fragment is named \(name)") }
      precondition(pieces.count == values.count + 1, "\(name) takes \(pieces.count - 1) values")
      sql += pieces[0]
      for (value, piece) in zip(values, pieces.dropFirst()) {
        parameters.append(value)
        sql += "$"
        sql += String(parameters.count)
        sql += piece
      }
    }

    /// The statement; equal texts share a plan.
    package var statement: BoundStatement { Statement.composed(sql).bind(parameters) }
  }
}
