import Journal
import Postgres

/// What writers of contexts and of what belongs to them lock and queue for.
extension WriteLock {
  static func contexts(_ ids: [String], by statements: [BoundStatement]) -> WriteLock {
    WriteLock(.context, rows: ids, statements)
  }

  static func transfer(_ id: String, in scope: CallScope, by statement: BoundStatement) -> WriteLock {
    WriteLock(.transfer, rows: ["\(scope.operation)\u{0}\(id)"], [statement])
  }
}

extension RowKey {
  static func context(_ id: String) -> RowKey { RowKey(.context, id) }
}
