/// Decides up to which position everything is committed or gone: the *settled* position.
///
/// Positions are drawn in another order than they commit. But every writer has its transaction id before it
/// draws, so: read the last position P; then take a transaction id X; once no transaction at or below X runs
/// any more, whatever drew a position at or below P has ended. P must also be on disk before anybody is told:
/// a draw that nothing committed is forgotten in a crash of PostgreSQL, and would then be drawn once more.
///
///     resting ──nudged──▶ reading ──P──▶ taking ──X──▶ waiting ──X has ended, the log is on disk──▶ published
///        ▲                   │                          ▲   │ else: pause or flush, and read again       │
///        │                   │                          └───┘                                            │
///        ├──P is settled─────┤                                                                           │
///        │                   └──P has gone back: regressed──────────────────────────────────▶ published  │
///        ├──resumed──────────────────────────────────────────────────────────────────────────────────────┘
///        └──failed, from any state
///
/// Pure: takes what happened, says what to do next.
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
    /// What was asked for could not be done: the connection is gone.
    case failed
  }

  enum Action: Equatable {
    case readSequence
    case takeTransaction
    case readSnapshot
    /// Have the log flushed, then read the snapshot again.
    case flushLog
    case pause(milliseconds: Int)
    /// Everything at or below is settled. Call ``handle(_:)`` with `resumed` to go on.
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

  /// Snapshot reads in vain before the log is flushed on purpose: commits nearly always do it first.
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
