import EventLoop
import Postgres

/// Tells the other servers that something was settled: one NOTIFY at a time, the newest position only, and
/// none when another server has said it already. Confined to `loop`.
final class SettleHints: @unchecked Sendable {
  private let pool: PostgresPool
  private let loop: EventLoop
  /// The greatest position that was told, here or by another server.
  private var told: Int64 = 0
  private var wanted: Int64 = 0
  private var isTelling = false
  private var isStopped = false
  private var task: Task<Void, Never>?

  init(pool: PostgresPool, loop: EventLoop) {
    self.pool = pool
    self.loop = loop
  }

  func heard(_ position: Int64) {
    loop.assertOnLoop()
    if position != .max { told = max(told, position) }
  }

  func tell(_ position: Int64) {
    loop.assertOnLoop()
    wanted = position
    guard !isTelling, !isStopped, wanted > told else { return }
    isTelling = true
    task = loop.startTask { [self] in
      while wanted > told, !isStopped {
        let position = wanted
        told = position
        // A hint that is lost costs the others a poll interval, no more.
        _ = try? await pool.upkeep(JournalQueries.notifySettled, position)
      }
      isTelling = false
    }
  }

  /// Positions have gone back: what was told before means nothing.
  func reset() { told = 0 }

  func stop() async {
    isStopped = true
    await task?.value
  }
}
