import CairnAPI
import GRPC
import Postgres

/// Where a feed starts.
package enum StartPosition: Sendable, Equatable {
  /// What is written from now on.
  case now
  /// All that there still is.
  case oldest
  /// What came after the position. With an ordinal: after that row of the position, for a client that has received
  /// the first rows of it.
  case after(Int64, ordinal: Int32? = nil)
}

/// The journal's identity and extent as a project sees it, to judge a start by.
struct JournalExtent: Equatable {
  let id: UUID128
  /// History at and below is gone.
  let pruned: Int64
  /// The last position drawn.
  let newest: Int64

  init(id: UUID128, pruned: Int64, newest: Int64) {
    self.id = id
    self.pruned = pruned
    self.newest = newest
  }

  struct Columns: ColumnLayout {
    let id: Column<UUID128>
    let pruned: Column<Int64>
    let newest: Column<Int64>

    init(_ find: inout ColumnFinder) {
      id = find("journal_id")
      pruned = find("pruned")
      newest = find("newest")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    id = try row.decode(columns.id)
    pruned = try row.decode(columns.pruned)
    newest = try row.decode(columns.newest)
  }

  /// The place that `start` means. Throws OUT_OF_RANGE with POSITION_FOREIGN, POSITION_PRUNED or
  /// POSITION_IN_FUTURE.
  ///
  /// - Parameter journal: The id of the journal that the position comes from; nil when the caller does not
  ///   say.
  func cursor(_ start: StartPosition, journal: String?) throws(RPCError) -> Cursor {
    try check(journal: journal)
    switch start {
    case .now: return .after(newest)
    case .oldest: return .after(pruned)
    case .after(let position, let ordinal):
      try check(position, isWhole: ordinal == nil)
      return Cursor(position: position, ordinal: ordinal ?? .max)
    }
  }

  /// Throws POSITION_FOREIGN when `journal` is another one than this.
  func check(journal: String?) throws(RPCError) {
    guard let journal, UUID128(journal) != id else { return }
    throw RPCError(
      .outOfRange, .positionForeign, "the position belongs to another journal than this one, \(id)",
      ["journal_id": id.description])
  }

  /// A start within a position needs that position to be kept.
  private func check(_ position: Int64, isWhole: Bool) throws(RPCError) {
    if position < 0 {
      throw RPCError(.invalidArgument, .fieldInvalid, "a position is not negative")
    }
    if position < pruned || (position == pruned && pruned > 0 && !isWhole) {
      throw .positionPruned(position, oldest: pruned)
    }
    if position > newest {
      throw RPCError(
        .outOfRange, .positionInFuture, "the journal has not reached position \(position)",
        ["position": String(position), "newest": String(newest)])
    }
  }
}
