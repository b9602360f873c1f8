import Postgres

/// The statements of one versioned kind.
final class VersionStatements: Sendable {
  let lock: Statement
  /// Nil where the table keeps its history by itself.
  let supersede: Statement?
  let images: Statement
  let restore: Statement
  let plan: Statement
  let writeBack: Statement
  let returnRows: Statement
  /// Nil for kinds that are never deleted.
  let delete: Statement?
  let compare: Statement

  init(_ syntax: VersionSyntax) {
    func statement(_ name: String, _ template: [UInt8], parameter: String = "") -> Statement {
      Statement("\(name)_\(syntax.name)", syntax.filled(template, parameter: parameter))
    }
    lock = statement("lock", PackageResources.lock_rows_sql)
    supersede =
      syntax.tables.keepsHistory ? nil : statement("supersede", PackageResources.supersede_rows_sql)
    images = statement("images", PackageResources.images_at_sql)
    restore = statement("restore", PackageResources.restore_row_sql, parameter: "$3")
    plan = statement("plan_write_back", PackageResources.plan_write_back_sql)
    writeBack = statement("write_back", PackageResources.write_back_rows_sql, parameter: "$4")
    returnRows = statement("return", PackageResources.return_rows_sql)
    delete =
      switch syntax.deletion {
      case .soft: statement("delete", PackageResources.delete_rows_sql, parameter: "$2")
      case .removal: statement("remove", PackageResources.remove_rows_sql)
      case .never: nil
      }
    compare = statement("compare", PackageResources.compare_rows_sql)
  }
}
