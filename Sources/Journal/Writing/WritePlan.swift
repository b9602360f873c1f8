import Postgres

/// What a write will do, decided while its rows are locked and before its position is drawn.
///
/// The journal runs it in the only right order: position, statements, changes, stored answer, COMMIT, in one
/// round trip. The statements find the position and time of the write in the view `drawn`.
package struct WritePlan<Value> {
  /// Handed back when the write has committed.
  package var value: Value
  package var statements: [BoundStatement]
  /// What the write changes, in the order of their ordinals.
  package var changes: [ChangeRecord]
  /// The answer's bytes, kept for a repetition of the request; what only the write knows (position, time) is
  /// put in again from the stamp. Asked for only when the request has an id. Nil: an error follows when the plan is
  /// empty, and none is kept.
  package var answer: (() -> [UInt8])?

  package init(
    _ value: Value, statements: [BoundStatement] = [], changes: [ChangeRecord] = [],
    answer: (() -> [UInt8])? = nil
  ) {
    self.value = value
    self.statements = statements
    self.changes = changes
    self.answer = answer
  }

  /// A plan without statements and changes: nothing is drawn, nothing written but the answer.
  var isEmpty: Bool { statements.isEmpty && changes.isEmpty }
}

/// How a write ended.
package enum WriteResult<Written> {
  case written(Written)
  /// The same request was answered before; nothing was written now.
  case repeated(StoredAnswer)
}

/// A committed ``WritePlan``.
package struct PlannedWrite<Value> {
  package let value: Value
  /// Nil when the plan was empty.
  package let stamp: Stamp?
  /// What each statement of the plan returned.
  package let rows: [Rows]
}

/// Where the key of what is created comes from.
package enum KeyOrigin: Sendable {
  /// Made by the server, so nobody else can be inserting it: the write shares a commit with its neighbours.
  case server
  /// Chosen by the caller, so it may have to wait for another write: the write commits alone.
  case client(ChosenKey)

  /// The rows that the create queues for.
  var rows: [RowKey] { if case .client(let key) = self { [key.row] } else { [] } }
}
