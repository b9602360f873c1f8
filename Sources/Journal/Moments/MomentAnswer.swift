import CairnAPI
import GRPC
import Postgres
import Wire

/// What `journal_moment` said about a moment, and what follows from it. Pure.
struct MomentAnswer: Equatable {
  let extent: JournalExtent
  /// The earliest time that may be asked for; nil when nothing was pruned.
  let prunedTime: PostgresTimestamp?
  /// The time by the database's clock.
  let present: PostgresTimestamp
  let position: Int64
  let at: PostgresTimestamp
  /// No settled change of the project comes after the position.
  let isLast: Bool

  enum Decision: Equatable {
    case resolved(Moment)
    /// Ask again once this position is settled.
    case wait(Int64)
  }

  /// What the moment is. Throws OUT_OF_RANGE with POSITION_FOREIGN, POSITION_PRUNED or POSITION_IN_FUTURE.
  ///
  /// - Parameters:
  ///   - settled: What was settled before the answer was asked for.
  ///   - awaited: What an earlier answer to the same question said to wait for. Writes that drew their positions since
  ///     are later than the moment: a reader that waited for them, too, might wait for ever.
  func decision(
    on wanted: WantedMoment, settled: Int64, awaited: Int64? = nil
  ) throws(RPCError) -> Decision {
    if let time = wanted.time {
      return try decision(on: time, wanted.journal, settled: settled, awaited: awaited)
    }
    _ = try extent.cursor(.after(position), journal: wanted.journal)
    if case .known(let moment) = wanted.place { return .resolved(moment) }
    return position <= settled ? .resolved(Moment(position: position, time: at)) : .wait(position)
  }

  private func decision(
    on time: PostgresTimestamp, _ journal: String?, settled: Int64, awaited: Int64?
  ) throws(RPCError) -> Decision {
    try extent.check(journal: journal)
    if time > present {
      throw RPCError(
        .outOfRange, .positionInFuture, "the time is in the future: here it is \(now) now",
        ["newest": String(extent.newest), "now": now])
    }
    if extent.pruned > 0, prunedTime.map({ time < $0 }) ?? true {
      throw RPCError(
        .outOfRange, .positionPruned, "the history of that time was pruned, up to position \(extent.pruned)",
        ["oldest": String(extent.pruned)])
    }
    // A write that is still under way may belong to the moment, unless a later one is settled already.
    let last = awaited ?? extent.newest
    if isLast, settled < last { return .wait(last) }
    return .resolved(Moment(position: position, time: time))
  }

  /// The present as RFC 3339 has it.
  private var now: String {
    TimestampText.format(seconds: present.seconds, nanos: present.nanoseconds) ?? ""
  }

  init(
    extent: JournalExtent, prunedTime: PostgresTimestamp? = nil, present: PostgresTimestamp, position: Int64,
    at: PostgresTimestamp, isLast: Bool
  ) {
    self.extent = extent
    self.prunedTime = prunedTime
    self.present = present
    self.position = position
    self.at = at
    self.isLast = isLast
  }

  /// The columns of `find_moment`.
  struct Columns: ColumnLayout {
    let extent: JournalExtent.Columns
    let prunedTime: Column<PostgresTimestamp?>
    let present: Column<PostgresTimestamp>
    let stamp: StampColumns
    let isLast: Column<Bool>

    init(_ find: inout ColumnFinder) {
      extent = JournalExtent.Columns(&find)
      prunedTime = find("pruned_time")
      present = find("present")
      stamp = StampColumns(&find)
      isLast = find("is_last")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    extent = try JournalExtent(decoding: row, columns.extent)
    prunedTime = try row.decode(columns.prunedTime)
    present = try row.decode(columns.present)
    let stamp = try Stamp(decoding: row, columns.stamp)
    (position, at) = (stamp.position, stamp.at)
    isLast = try row.decode(columns.isLast)
  }
}
