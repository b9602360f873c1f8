import EventLoop
import Postgres

/// Work in the background that one server at a time does for all, again and again. Confined to `loop`.
///
/// The server that does it holds a lease, a row that is renewed before each round and between its steps; another server
/// takes over when it has not been for three rounds. The work itself must bear that two do it for a moment: a
/// server that was held up may not know yet that its lease is over.
package final class Duty: @unchecked Sendable {
  package let name: String
  /// Who this is, for the lease.
  package let holder = UUID128.makeVersion7().description
  private let pool: PostgresPool
  private let loop: EventLoop
  private let interval: Duration
  private let work: @Sendable (Duty) async -> Void
  private let bell: Bell
  private var task: Task<Void, Never>?
  /// When the lease was last taken or renewed.
  private var renewed: Instant?
  private var isStopped = false

  /// Rounds that may be missed before another server takes over.
  private static let missedRounds = 3
  /// A lease shorter than this would be lost by a server that is only busy.
  private static let shortestLease = Duration.seconds(1)

  /// - Parameters:
  ///   - interval: Between two rounds, and between two attempts to take over.
  ///   - work: One round. Asks ``keep()`` between its steps and ends early when that says so.
  package init(
    _ name: String, journal: Journal, on loop: EventLoop, every interval: Duration,
    work: @escaping @Sendable (Duty) async -> Void
  ) {
    self.name = name
    pool = journal.pool
    self.loop = loop
    self.interval = interval
    self.work = work
    bell = Bell(loop: loop)
  }

  /// From any thread, once.
  package func start() {
    loop.execute { [self] in
      guard !isStopped else { return }
      task = loop.startTask { [self] in
        while !isStopped {
          if await keep() { await work(self) }
          if !isStopped { await bell.wait(atMost: interval) }
        }
      }
    }
  }

  /// Has the next round begin at once, where this server has the duty. From any thread.
  package func nudge() { loop.execute { [self] in bell.ring() } }

  /// Ends after the step under way, and leaves the duty to the others at once.
  package func stop() async {
    await loop.run { [self] in
      isStopped = true
      bell.ring()
      guard let task else { return }
      await task.value
      _ = try? await pool.write(JournalQueries.leaveDuty, (name, holder))
    }
  }

  /// Takes or renews the lease. False when another server has it, when the database cannot be asked, or when
  /// the duty is to stop.
  package func keep() async -> Bool {
    loop.assertOnLoop()
    if isStopped { return false }
    let asked = Instant.now
    let taken = try? await pool.write(JournalQueries.takeDuty, (name, holder, lease / .seconds(1)))
    renewed = taken?.count == 1 ? asked : nil
    return renewed != nil && !isStopped
  }

  /// As ``keep()``, but asks only when a part of the lease is over: between steps of milliseconds.
  package func mayGoOn() async -> Bool {
    loop.assertOnLoop()
    if isStopped { return false }
    if let renewed, Instant.now - renewed < lease / 6 { return true }
    return await keep()
  }

  private var lease: Duration { max(interval * Self.missedRounds, Self.shortestLease) }
}
