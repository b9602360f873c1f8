import Postgres
import Wire

/// A row that a write will lock, as its writers queue for it. Within a project.
package struct RowKey: Hashable, Sendable {
  package let kind: LockKind
  package let id: TextKey

  package init(_ kind: LockKind, _ id: String) {
    self.kind = kind
    self.id = TextKey(id)
  }
}

/// A key that the caller of a create chose: another row may have it, and another write may be removing that row.
package struct ChosenKey: Sendable {
  let row: RowKey
  let lock: BoundStatement?

  /// - Parameter lock: Waits, before the position is drawn, for the transaction that changes the row with this key: a
  ///   row that takes the place of one that is being removed comes after its removal. Nil where rows are never removed.
  package init(_ row: RowKey, lock: BoundStatement? = nil) {
    self.row = row
    self.lock = lock
  }
}
