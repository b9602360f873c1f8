import EventLoop
import GRPC
import Postgres

/// Does what operations ask for, step by step, several operations at once. Confined to `loop`.
///
/// ```
/// begun ──claim──▶ held ──last step──▶ done
///   ▲               │ │ │ └──10 failures in a row──▶ failed
///   │               │ │ └──CancelOperation──▶ cancelled
///   └──turn is over─┘ └──server dies, lease ends──▶ claimed by another server, goes on at `resume`
/// ```
///
/// Operations take turns in a few lanes, and those that have waited longest come first: one that begins waits for the end
/// of a turn at most, however many long ones are under way. The server whose turn it is holds a lease of a few seconds
/// that each step renews; every step locks the operation's row and sees that the lease is still its own. So a step that
/// was overtaken writes nothing, and neither does one of an operation that was cancelled.
final class OperationRunner: @unchecked Sendable {
  private let pool: PostgresPool
  private let loop: EventLoop
  private let bell: Bell
  private var works: [String: any BackgroundWork] = [:]
  private var task: Task<Void, Never>?
  private var turns: [Int: Task<Void, Never>] = [:]
  private var lastTurn = 0
  private let lanes: Int
  private var isStopped = false
  /// When an operation that asked to be left alone may go on.
  private var nextLook: Instant?

  /// How often it is looked for work that others began, or left.
  private static let interval: Duration = .seconds(2)
  /// How long an operation keeps its lane; it ends the step under way.
  private static let turn: Duration = .seconds(1)
  /// Pause after a failure that is not the operation's, such as a database that is gone.
  private static let pause: Duration = .milliseconds(500)
  /// A step that fails so often in a row does not get better.
  private static let attempts = 10

  /// - Parameter lanes: How many operations may have their turn at once.
  init(pool: PostgresPool, loop: EventLoop, lanes: Int) {
    self.pool = pool
    self.loop = loop
    self.lanes = lanes
    bell = Bell(loop: loop)
  }

  func start(_ works: [any BackgroundWork]) {
    loop.assertOnLoop()
    guard !isStopped else { return }
    for work in works { self.works[work.kind] = work }
    task = loop.startTask { [self] in await run() }
  }

  func nudge() {
    loop.assertOnLoop()
    bell.ring()
  }

  /// Returns when the steps under way have ended.
  func stop() async {
    loop.assertOnLoop()
    isStopped = true
    bell.ring()
    await task?.value
    for turn in turns.values { await turn.value }
  }

  private func run() async {
    while !isStopped {
      if turns.count < lanes {
        if let next = nextLook, next <= loop.now { nextLook = nil }
        let holder = UUID128.makeVersion7().description
        for operation in (try? await claim(lanes - turns.count, for: holder)) ?? [] {
          begin(operation, holder: holder)
        }
      }
      await bell.wait(atMost: max(.zero, min(Self.interval, nextLook.map { $0 - loop.now } ?? Self.interval)))
    }
  }

  /// Operations that nobody holds.
  private func claim(_ count: Int, for holder: String) async throws(PostgresError) -> [OperationRow] {
    try await pool.write(JournalQueries.claimOperations, (holder, Array(works.keys), count)).decoded()
  }

  /// Gives an operation its turn.
  private func begin(_ operation: OperationRow, holder: String) {
    guard let work = works[operation.kind] else { return }
    lastTurn += 1
    let number = lastTurn
    turns[number] = loop.startTask { [self] in
      let held = HeldOperation(project: operation.project, id: operation.id, holder: holder)
      do throws(PostgresError) {
        try await takeTurn(held, with: work)
      } catch {
        await note(error, of: held)
      }
      turns[number] = nil
      bell.ring()
    }
  }

  /// Does steps until the turn is over, the work waits for something, or nothing is left.
  private func takeTurn(_ held: HeldOperation, with work: any BackgroundWork) async throws(PostgresError) {
    let end = loop.now + Self.turn
    while true {
      // Nil: the operation is somebody else's, or was cancelled.
      guard let progress = try await step(held, with: work), progress.resume != nil else { return }
      guard isStopped || progress.pause > .zero || Instant.now >= end else { continue }
      _ = try await pool.write(JournalQueries.leaveOperation, (held, progress.pause / .seconds(1)))
      // A little later than the database says that it is free.
      if progress.pause > .zero { look(after: progress.pause + .milliseconds(5)) }
      return
    }
  }

  /// One step and its progress, committed together. Nil when there was none to do.
  private func step(
    _ held: HeldOperation, with work: any BackgroundWork
  ) async throws(PostgresError) -> WorkProgress? {
    try await pool.transaction(.repeatable) { tx throws(PostgresError) in
      let row: OperationRow? = try await tx.query(JournalQueries.holdOperation, held).first()
      guard let row else { return nil }
      let progress = try await work.step(row, in: tx)
      try await tx.commit([JournalQueries.advanceOperation.bind((held, progress))])
      return progress
    }
  }

  /// What the database refuses counts against the operation; a database that is gone, or busy, does not.
  private func note(_ error: PostgresError, of held: HeldOperation) async {
    look(after: Self.pause)
    guard error.kind == .server, !error.isConnectionFailure else { return }
    _ = try? await pool.write(
      JournalQueries.failOperation, (held, RPCError(error).message, Self.attempts))
  }

  private func look(after pause: Duration) {
    let time = loop.now + pause
    nextLook = nextLook.map { min($0, time) } ?? time
  }
}
