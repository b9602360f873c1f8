/// A piece of SQL that several statements have: what `{name}` in their texts stands for.
package struct SQLFragment: Sendable {
  let name: String
  let sql: String

  /// - Parameter resource: The text of a `.sql` file.
  package init(_ name: String, _ resource: [UInt8]) {
    self.name = name
    sql = String(decoding: resource, as: UTF8.self)
      .split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
  }
}

extension Statement {
  /// A named statement from a `.sql` file in which `{name}` stands for a fragment. One that is not used there is a
  /// mistake that ends the program at the statement's first use.
  package convenience init(_ name: String, _ resource: [UInt8], including fragments: [SQLFragment]) {
    var sql = String(decoding: resource, as: UTF8.self)
    for fragment in fragments {
      precondition(sql.contains("{\(fragment.name)}"), "\(name) does not include {\(fragment.name)}")
      sql = sql.replacing("{\(fragment.name)}", with: fragment.sql)
    }
    self.init(name, sql)
  }
}
