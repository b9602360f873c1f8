/// Decides up to which position every write is committed or rolled back: the *settled* position, a watermark.
///
/// ```
///     resting ──nudged──▶ reading ──P > settled──▶ taking ──X, L──▶ waiting ◀──┐
///        ▲                   │                                        │  │     │ an id ≤ X runs, or the log
///        │◀──nothing new─────┤                                        │  └─────┘ is not on disk up to L
///        │                   └──P < settled──▶ published ◀──P settled─┘
///        └────────────────resumed──────────────────┘        any failure leads to resting
/// ```
///
/// Transactions commit in another order than they draw positions. But a writer has its transaction id before it
/// draws. So the machine reads the last position P, then takes a transaction id X: once no transaction with an id
/// at or below X is running, every writer that drew a position at or below P has ended. P must also be on disk
/// before it is published, up to L, the end of the log: a crash of PostgreSQL forgets a draw that no commit has
/// written to disk, and draws the same position again.
///
/// Pure: takes what happened, returns what to do next.
struct SettleMachine {
  enum Event: Equatable {
    /// Something may have been written, here or elsewhere, or it is time to look.
    case nudged
    /// The last position drawn.
    case sequence(Int64)
    /// A transaction id taken and committed after the sequence was read, and how far the log was written.
    case transaction(id: Int64, log: Int64)
    /// The oldest running transaction, and how far the log is on disk.
    case snapshot(oldest: Int64, flushed: Int64)
    /// The pause is over.
    case resumed
    /// The last action failed: the connection is gone.
    case failed
  }

  enum Action: Equatable {
    case readSequence
    case takeTransaction
    case readSnapshot
    /// Have the log flushed, then read the snapshot again.
    case flushLog
    case pause(milliseconds: Int)
    /// Every position at or below is settled. Call ``handle(_:)`` with `resumed` to go on.
    case publish(Int64)
    /// The sequence has gone back: this is another database than before.
    case regressed(Int64)
    /// Wait for a nudge or the next poll. One that came during the round counts.
    case rest
  }

  private enum State: Equatable {
    case resting
    case reading
    case taking(position: Int64)
    case waiting(position: Int64, transaction: Int64, log: Int64, polls: Int)
    case published
  }

  private(set) var settled: Int64
  private var state = State.resting

  /// How often the snapshot is read before the machine flushes the log itself: a commit nearly always does it first.
  private static let pollsBeforeFlush = 2
  private static let longestPause = 50

  init(settled: Int64 = 0) { self.settled = settled }

  /// The position that waits for a transaction to end, if any.
  var pending: Int64? {
    if case .waiting(let position, _, _, _) = state { position } else { nil }
  }

  mutating func handle(_ event: Event) -> Action {
    switch (state, event) {
    case (.resting, .nudged):
      state = .reading
      return .readSequence
    case (.reading, .sequence(let position)):
      return read(position)
    case (.taking(let position), .transaction(let id, let log)):
      state = .waiting(position: position, transaction: id, log: log, polls: 0)
      return .readSnapshot
    case (.waiting(let position, let transaction, let log, let polls), .snapshot(let oldest, let flushed)):
      state = .waiting(position: position, transaction: transaction, log: log, polls: polls + 1)
      if oldest <= transaction { return .pause(milliseconds: min(1 << min(polls, 10), Self.longestPause)) }
      if flushed < log { return polls < Self.pollsBeforeFlush ? .pause(milliseconds: 1) : .flushLog }
      settled = position
      state = .published
      return .publish(position)
    case (.waiting, .resumed):
      return .readSnapshot
    case (.published, .resumed), (_, .failed):
      state = .resting
      return .rest
    default:
      preconditionFailure("\(event) while \(state)")
    }
  }

  private mutating func read(_ position: Int64) -> Action {
    if position > settled {
      state = .taking(position: position)
      return .takeTransaction
    }
    if position < settled {
      settled = position
      state = .published
      return .regressed(position)
    }
    state = .resting
    return .rest
  }
}
