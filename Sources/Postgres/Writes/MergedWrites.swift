/// How writes of one kind become one statement: those that wait at the same moment, whatever rows they are of.
///
/// Neither of the two statements may wait for a row that others have locked: so a row that stays locked holds up nobody
/// but those who want it, and a batch takes part in no deadlock. Create each once, in a `static let`.
package struct MergedWrites<Input: Sendable, Columns: ColumnLayout>: Sendable {
  /// Locks what the writes are of, as far as it is free (`FOR UPDATE SKIP LOCKED`). A statement of its own, so that the next
  /// one sees what was committed before.
  package let lock: Query<[Input], NoColumns>
  /// Does those of the writes that it may: for each of them a row, whose last column says which one, counted from 1.
  package let write: Query<[Input], Columns>

  package init(lock: Query<[Input], NoColumns>, write: Query<[Input], Columns>) {
    self.lock = lock
    self.write = write
  }

  /// What a write returned, with the places of its columns.
  package func results(_ rows: Rows) throws(PostgresError) -> Results<Columns> { try write.results(rows) }

  fileprivate func bind(_ inputs: [any Sendable]) -> [BoundStatement] {
    let inputs = inputs.map { $0 as! Input }
    return [lock.bind(inputs), write.bind(inputs)]
  }
}

/// A write that waits to become a part of a ``MergedWrite``. Confined to the loop of its batch, once it has got there.
final class MergeableWrite: PendingStatement {
  /// The row that it is of: one batch at a time has it.
  let key: [UInt8]
  private let input: any Sendable
  private let bind: ([any Sendable]) -> [BoundStatement]

  init<Input, Columns>(
    _ writes: MergedWrites<Input, Columns>, _ input: Input, of key: [UInt8],
    waiter: UnsafeContinuation<Result<Rows, PostgresError>, Never>
  ) {
    self.key = key
    self.input = input
    bind = { writes.bind($0) }
    super.init(writes.write.statement, [], waiter: waiter)
  }

  /// The statements of several writes of one kind, the last of which returns their rows.
  fileprivate func merged(_ writes: [MergeableWrite]) -> [BoundStatement] { bind(writes.map(\.input)) }
}

/// Writes of one batch, as one statement. Confined to a loop.
final class MergedWrite: PendingStatement {
  let members: [MergeableWrite]
  /// What comes before it.
  let opening: ArraySlice<BoundStatement>

  /// - Parameter members: At least one, all of one kind.
  init(_ members: [MergeableWrite]) {
    self.members = members
    let statements = members[0].merged(members)
    opening = statements.dropLast()
    let write = statements[statements.count - 1]
    super.init(write.statement, write.parameters)
  }

  override var isAwaited: Bool { members.contains { $0.isAwaited } }

  override var isAbandoned: Bool { members.allSatisfy { $0.isAbandoned } }

  override func finish(_ outcome: Result<Rows, PostgresError>) {
    guard case .success(let rows) = outcome else { return tell(outcome) }
    let place = rows.columnCount - 1
    for index in rows.indices {
      guard let number: Int64 = try? rows[index].decode(place), number > 0, number <= members.count else {
        continue
      }
      members[Int(number) - 1].finish(.success(rows.part(index)))
    }
    tell(.success(rows.none))
  }

  /// Tells those that have no answer yet.
  private func tell(_ outcome: Result<Rows, PostgresError>) {
    for member in members where member.isAwaited { member.finish(outcome) }
  }
}
