/// What the role that serves may do with a table, besides reading it.
package struct TableRights: Sendable {
  package enum Right: Sendable {
    case insert
    /// To lock rows, too.
    case update
    /// Of one column only; to lock rows, too.
    case updateOf(String)
    case delete

    fileprivate var sql: String {
      switch self {
      case .insert: "INSERT"
      case .update: "UPDATE"
      case .updateOf(let column): "UPDATE (\(BlockingConnection.quoted(column)))"
      case .delete: "DELETE"
      }
    }
  }

  let table: String
  let rights: [Right]

  /// A table of which no module says anything can be written in every way; one without rights can only be read.
  package init(_ table: String, _ rights: Right...) {
    self.table = table
    self.rights = rights
  }

  /// Gives `role` what it needs and takes the rest. Partitions are written through their table only, those made later,
  /// too.
  static func script(_ tables: [TableRights], for role: String) -> String {
    var script = """
      GRANT USAGE ON SCHEMA public TO \(role);
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM \(role);
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role);
      REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM \(role);
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO \(role);
      ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM \(role);
      ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO \(role);
      ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM \(role);
      ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO \(role);

      """
    for table in tables where !table.rights.isEmpty {
      let rights = table.rights.map(\.sql).joined(separator: ", ")
      script += "GRANT \(rights) ON \(BlockingConnection.quoted(table.table)) TO \(role);\n"
    }
    return script
  }

  /// Tables, `$1` excepted, that are no partitions.
  static let others = """
    SELECT c.relname::text FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> ALL ($1::text[])
    """
}
