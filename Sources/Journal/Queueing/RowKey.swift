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

/// A key that the caller of a create chose: somebody else may have it, or be removing the row that does.
package struct ChosenKey: Sendable {
  let row: RowKey
  let lock: BoundStatement?

  /// - Parameter lock: Waits for whoever changes the row with this key, before the position is drawn: what was created
  ///   in the place of a row that is just being removed comes after its removal. Nil where rows are never removed.
  package init(_ row: RowKey, lock: BoundStatement? = nil) {
    self.row = row
    self.lock = lock
  }
}
