import Journal
import Postgres

/// Makes the words of all contexts of a project anew.
///
/// First of all contexts in the order of their ids. Then it waits until every transaction has ended that was under way
/// meanwhile, and looks through all once more: a context that was stored behind its back with words of the language
/// that the project had before is found and renewed, too.
package struct Reindexing: BackgroundWork {
  package let kind = "reindex"

  /// Contexts of a step, and bytes of their texts: some 20 ms, during which they cannot be changed.
  private static let stepSize = 100
  private static let stepBytes: Int64 = 64 << 10
  /// Contexts of a step that only looks.
  private static let lookSize = 2_000
  /// Between two looks whether transactions have ended.
  private static let waitingPause: Duration = .milliseconds(50)

  package func step(
    _ operation: OperationRow, in transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    switch Place(operation.resume) {
    case .after(let id): try await renew(after: id, of: operation, in: transaction)
    case .waiting(let xid): try await wait(for: xid, transaction)
    case .other(let number): try await renewOther(after: number, of: operation, in: transaction)
    }
  }

  private func renew(
    after id: String, of operation: OperationRow, in transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    let found = try await transaction.query(
      SearchQueries.renewWords, (operation.project, id, Self.stepSize, Self.stepBytes))
    let (row, columns) = (try found.rows.only(), found.columns)
    let renewed = try row.decode(columns.renewed)
    let next: Place =
      renewed == 0
      ? .waiting(for: try row.decode(columns.transaction))
      : .after(id: try row.decode(columns.last) ?? id)
    return WorkProgress(done: renewed, resume: next.text)
  }

  private func wait(
    for xid: Int64, _ transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    let isOver = try await transaction.query(SearchQueries.awaitTransactions, xid).value()
    return isOver
      ? WorkProgress(done: 0, resume: Place.other(after: 0).text)
      : WorkProgress(done: 0, resume: Place.waiting(for: xid).text, pause: Self.waitingPause)
  }

  private func renewOther(
    after number: Int64, of operation: OperationRow, in transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    let found = try await transaction.query(
      SearchQueries.renewOtherWords, (operation.project, number, Self.lookSize, Self.stepBytes))
    let (row, columns) = (try found.rows.only(), found.columns)
    let last = try row.decode(columns.last)
    return WorkProgress(
      done: try row.decode(columns.renewed), resume: last.map { Place.other(after: $0).text })
  }
}

/// How far it has come.
private enum Place {
  /// All contexts up to this id were renewed.
  case after(id: String)
  /// All of them were; this transaction, and all before it, must have ended.
  case waiting(for: Int64)
  /// All up to this number were looked at.
  case other(after: Int64)

  /// No id begins with these characters.
  private static let waitingMark: Character = "\t"
  private static let otherMark: Character = "\n"

  init(_ text: String) {
    switch (text.first, Int64(text.dropFirst())) {
    case (Self.waitingMark, let xid?): self = .waiting(for: xid)
    case (Self.otherMark, let number?): self = .other(after: number)
    default: self = .after(id: text)
    }
  }

  var text: String {
    switch self {
    case .after(let id): id
    case .waiting(let xid): "\(Self.waitingMark)\(xid)"
    case .other(let number): "\(Self.otherMark)\(number)"
    }
  }
}
