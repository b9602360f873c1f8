/// Look-ups of one turn with the same statement, sent as one. Confined to a loop.
///
/// A look-up with no row in the result, and each one when it fails, is run again by itself: an error belongs to the
/// one that has it.
final class MergedLookup: PendingStatement {
  private let members: [PendingStatement]
  /// Starts a look-up by itself.
  private let again: (PendingStatement) -> Void

  /// Look-ups in one statement: enough that its own cost hardly counts, and an answer that is soon complete.
  static let most = 32

  /// Nil when a parameter is no text.
  ///
  /// - Parameter members: With the same statement, which has a merged one.
  init?(_ members: [PendingStatement], again: @escaping (PendingStatement) -> Void) {
    guard let statement = members[0].statement.merged else { return nil }
    var columns: [[String]] = []
    for position in members[0].parameters.indices {
      var column: [String] = []
      column.reserveCapacity(members.count)
      for member in members {
        guard let text = member.parameters[position] as? String else { return nil }
        column.append(text)
      }
      columns.append(column)
    }
    self.members = members
    self.again = again
    super.init(statement, columns)
  }

  override var weight: Int { members.count }

  override var isAwaited: Bool { true }

  override var isAbandoned: Bool { members.allSatisfy { $0.isAbandoned } }

  override func finish(_ outcome: Result<Rows, PostgresError>) {
    switch outcome {
    case .success(let rows): deliver(rows)
    case .failure(let error): if error.mayBeOfOneMember { askAgain() } else { fail(error) }
    }
  }

  private func deliver(_ rows: Rows) {
    let place = rows.columnCount - 1
    for index in rows.indices {
      guard let number: Int64 = try? rows[index].decode(place), number > 0, number <= members.count else {
        continue
      }
      members[Int(number) - 1].finish(.success(rows.part(index)))
    }
    askAgain()
  }

  /// Asks for those that have no answer yet.
  func askAgain() {
    for member in members where member.isAwaited { again(member) }
  }

  private func fail(_ error: PostgresError) {
    for member in members where member.isAwaited { member.finish(.failure(error)) }
  }
}

extension PendingStatement {
  /// Whether it may share a statement with others of its turn.
  var mayMerge: Bool { statement.merged != nil && !goesAlone && isAwaited }
}

extension PostgresError {
  /// Whether the others of a merged statement may well succeed by themselves. A database that is too slow, or has run out
  /// of something, is not helped by asking it more often.
  package var mayBeOfOneMember: Bool {
    switch kind {
    case .server: !isStatementTimeout && sqlState?.classCode != "53"
    case .skipped, .invalidParameter, .invalidResult: true
    default: false
    }
  }
}
