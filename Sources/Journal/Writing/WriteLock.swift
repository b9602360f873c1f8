import Postgres

/// What a write locks of one kind.
package struct WriteLock: Sendable {
  let kind: LockKind
  /// What its writers queue for before they take a connection.
  let rows: [RowKey]
  /// `SELECT … ORDER BY key FOR UPDATE`, and what else the decision must see once the rows are locked.
  let statements: [BoundStatement]

  /// - Parameter rows: Keys in any order; none for locks that nobody queues for, as those of sweeps that take what
  ///   they find.
  package init(_ kind: LockKind, rows: [String] = [], _ statements: [BoundStatement]) {
    self.kind = kind
    self.rows = rows.map { RowKey(kind, $0) }
    self.statements = statements
  }
}

/// What the locking statements returned, in the order in which a part names them.
package struct LockedRows {
  package let rows: [Rows]

  init(_ rows: [Rows]) { self.rows = rows }

  /// The rows of the first `count` statements, and those of the others.
  func divided(after count: Int) -> (LockedRows, LockedRows) {
    (LockedRows(Array(rows.prefix(count))), LockedRows(Array(rows.dropFirst(count))))
  }
}

/// The statements of several locks in the order in which they are run, and the way back. Pure.
struct LockOrder {
  let statements: [BoundStatement]
  /// Of each statement as declared, where it is run.
  let places: [Int]

  init(_ locks: [WriteLock]) {
    let declared = locks.flatMap { lock in lock.statements.map { (lock.kind, $0) } }
    let order = declared.indices.sorted { (declared[$0].0, $0) < (declared[$1].0, $1) }
    statements = order.map { declared[$0].1 }
    var places = [Int](repeating: 0, count: order.count)
    for (place, index) in order.enumerated() { places[index] = place }
    self.places = places
  }

  /// - Parameter rows: What the statements returned, as they were run.
  func locked(_ rows: ArraySlice<Rows>) -> LockedRows {
    LockedRows(places.map { rows[rows.startIndex + $0] })
  }
}
