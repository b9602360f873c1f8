import EventLoop
import Postgres
import Synchronization

/// Settles positions: one for each process. Does what ``SettleMachine`` says, one statement after the other,
/// on the connection of upkeep. Confined to `loop`, except for ``nudge()`` and ``status``.
final class SettleTicker: @unchecked Sendable {
  /// Where a server tells the others that something was settled. A hint: polling is the floor.
  static let channel = "cairn_settled"
  private static let pauseAfterFailure = Duration.milliseconds(100)

  enum Outcome: Sendable {
    /// Every write at or below the position is committed or rolled back.
    case settled(Int64)
    /// The database is not the one it was: positions have gone back.
    case restarted(Int64)
  }

  private let pool: PostgresPool
  private let loop: EventLoop
  private let configuration: JournalConfiguration
  /// Below every position, so that the first look publishes a position, also of an empty journal.
  private var machine = SettleMachine(settled: -1)
  private var handler: @Sendable (Outcome) -> Bool = { _ in false }
  private var task: Task<Void, Never>?
  private let bell: Bell
  /// When the blocking process is asked for again.
  private var nextLook = Instant(nanoseconds: 0)
  private let hints: SettleHints
  /// Whether a nudge is on its way that will be followed by a look at the sequence.
  private let isNudged = Atomic<Bool>(false)
  private let current = Mutex(SettleStatus(settled: -1))

  init(pool: PostgresPool, loop: EventLoop, _ configuration: JournalConfiguration) {
    self.pool = pool
    self.loop = loop
    self.configuration = configuration
    bell = Bell(loop: loop)
    hints = SettleHints(pool: pool, loop: loop)
  }

  var status: SettleStatus { current.withLock { $0 } }

  /// - Parameter handler: Called on the loop; returns whether a feed here waits for the next rows.
  func start(_ handler: @escaping @Sendable (Outcome) -> Bool) {
    loop.assertOnLoop()
    self.handler = handler
    task = loop.startTask { [self] in await run() }
  }

  func stop() async {
    loop.assertOnLoop()
    task?.cancel()
    bell.ring()
    await task?.value
    task = nil
    await hints.stop()
  }

  /// Says that something was written here. From any thread, and cheap when called often.
  func nudge() {
    guard !isNudged.exchange(true, ordering: .acquiringAndReleasing) else { return }
    loop.execute { [self] in wake() }
  }

  func handle(_ event: ListenerEvent) {
    switch event {
    case .listening: wake()
    case .notification(_, let payload):
      let position = Int64(payload) ?? .max
      hints.heard(position)
      if position > machine.settled { wake() }
    case .lost: break
    }
  }

  private func wake() {
    bell.ring()
  }

  // MARK: The rounds

  private func run() async {
    var action = SettleMachine.Action.rest
    bell.ring()
    while !Task.isCancelled {
      do throws(PostgresError) {
        action = try await perform(action)
      } catch {
        note { $0.failure = error.ownWords }
        action = machine.handle(.failed)
        await pause(Self.pauseAfterFailure)
      }
    }
  }

  private func perform(_ action: SettleMachine.Action) async throws(PostgresError) -> SettleMachine.Action {
    switch action {
    case .readSequence:
      isNudged.store(false, ordering: .sequentiallyConsistent)
      let last = try await pool.upkeep(JournalQueries.lastPosition, ()).value()
      note { $0.failure = nil }
      return machine.handle(.sequence(last))
    case .takeTransaction:
      let taken = try await pool.upkeep(JournalQueries.takeTransaction, ())
      let (row, columns) = (try taken.rows.only(), taken.columns)
      return machine.handle(
        .transaction(id: try row.decode(columns.id), log: try row.decode(columns.log)))
    case .readSnapshot:
      let read = try await pool.upkeep(JournalQueries.readSnapshot, ())
      let (row, columns) = (try read.rows.only(), read.columns)
      return machine.handle(
        .snapshot(oldest: try row.decode(columns.oldest), flushed: try row.decode(columns.flushed)))
    case .flushLog:
      _ = try await pool.upkeep(JournalQueries.flushLog, ())
      return machine.handle(.resumed)
    case .pause(let milliseconds):
      try await noteWaiting()
      await pause(.milliseconds(milliseconds))
      return machine.handle(.resumed)
    case .publish(let position):
      let isWatched = publish(.settled(position), at: position)
      hints.tell(position)
      await pause(isWatched ? configuration.settlePause : configuration.unwatchedSettlePause)
      return machine.handle(.resumed)
    case .regressed(let position):
      hints.reset()
      _ = publish(.restarted(position), at: position)
      return machine.handle(.resumed)
    case .rest:
      await bell.wait(atMost: configuration.pollInterval)
      return machine.handle(.nudged)
    }
  }

  private func publish(_ outcome: Outcome, at position: Int64) -> Bool {
    current.withLock { $0 = SettleStatus(settled: position) }
    return handler(outcome)
  }

  /// Ends early, but not the task, when the task is cancelled.
  private func pause(_ duration: Duration) async {
    try? await loop.sleep(for: duration)
  }

  // MARK: The lag

  private func noteWaiting() async throws(PostgresError) {
    let now = Instant.now
    let since = status.pendingSince ?? now
    note { [pending = machine.pending] status in
      status.pending = pending
      status.pendingSince = since
    }
    guard now - since >= configuration.lagThreshold, now >= nextLook else { return }
    nextLook = now + configuration.lagThreshold / 2
    _ = try await pool.upkeep(JournalQueries.endFrozen, configuration.frozenLimit / .seconds(1))
    let blocker: SettleStatus.Blocker? = try await pool.upkeep(JournalQueries.oldestTransaction, ()).first()
    note { $0.blocker = blocker }
  }

  private func note(_ change: @Sendable (inout SettleStatus) -> Void) {
    current.withLock { change(&$0) }
  }
}
