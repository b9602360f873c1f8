import GRPC
import Postgres

/// What a part of a write will do, decided while its rows are locked and before its position is drawn.
///
/// The journal runs it in the only right order: position, statements, changes, stored answer, COMMIT, in one
/// round trip. The statements find the position and time of the write in the view `drawn`.
package struct WritePlan<Value> {
  package var statements: [BoundStatement]
  /// What the write changes, in the order of their ordinals.
  package var changes: [ChangeRecord]
  /// The answer's bytes, kept for a repetition of the request; what only the write knows (position, time) is
  /// put in again from the stamp. Asked for only when the request has an id. Nil: an error follows when the plan is
  /// empty, and none is kept.
  package var answer: (() -> [UInt8])?
  /// What the write comes to, once it has committed, or was rolled back because the caller only asked (`validate_only`).
  let value: (WrittenRows) throws(RPCError) -> Value

  /// - Parameter value: Handed back when the write has committed.
  package init(
    _ value: Value, statements: [BoundStatement] = [], changes: [ChangeRecord] = [],
    answer: (() -> [UInt8])? = nil
  ) {
    self.init(statements: statements, changes: changes, answer: answer) { _ in value }
  }

  /// - Parameter value: Made of what the statements returned, when the write has committed.
  package init(
    statements: [BoundStatement], changes: [ChangeRecord], answer: (() -> [UInt8])? = nil,
    value: @escaping (WrittenRows) throws(RPCError) -> Value
  ) {
    self.statements = statements
    self.changes = changes
    self.answer = answer
    self.value = value
  }

  /// A plan without statements and changes: nothing is drawn, nothing written but the answer.
  var isEmpty: Bool { statements.isEmpty && changes.isEmpty }

  /// The same with another value.
  package func map<Other>(_ transform: @escaping (Value) throws(RPCError) -> Other) -> WritePlan<Other> {
    WritePlan<Other>(statements: statements, changes: changes, answer: answer) { written throws(RPCError) in
      try transform(try self.value(written))
    }
  }

  /// Both in one write, this one first.
  func and<Other>(_ other: WritePlan<Other>) -> WritePlan<(Value, Other)> {
    let count = statements.count
    let (mine, others) = (answer, other.answer)
    let both = { StoredPair(mine?(), others?()).bytes }
    return WritePlan<(Value, Other)>(
      statements: statements + other.statements, changes: changes + other.changes,
      answer: mine == nil && others == nil ? nil : both
    ) { written throws(RPCError) in
      let (first, second) = written.divided(after: count)
      return (try self.value(first), try other.value(second))
    }
  }
}

/// What the statements of a plan returned, in their order.
package struct WrittenRows {
  /// Nil when the plan was empty, or rolled back.
  package let stamp: Stamp?
  package let rows: ArraySlice<Rows>

  func divided(after count: Int) -> (WrittenRows, WrittenRows) {
    (
      WrittenRows(stamp: stamp, rows: rows.prefix(count)),
      WrittenRows(stamp: stamp, rows: rows.dropFirst(count))
    )
  }
}

/// How a write ended.
package enum WriteResult<Written> {
  case written(Written)
  /// The same request was answered before; nothing was written now.
  case repeated(StoredAnswer)
}

/// A ``WritePlan`` that was carried out.
package struct PlannedWrite<Value> {
  package let value: Value
  /// Nil when the plan was empty, or rolled back.
  package let stamp: Stamp?
}
