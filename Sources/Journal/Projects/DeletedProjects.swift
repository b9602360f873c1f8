import EventLoop
import Postgres

/// Hears of projects that any server deletes: looks once a deletion's position is settled. Confined to `loop`.
///
/// A look is one look-up, at most ten a second and only behind writes, so a server that others' writes reach only by
/// polling follows within that interval and a tenth of a second.
final class DeletedProjects: @unchecked Sendable {
  private let pool: PostgresPool
  private let loop: EventLoop
  private let tell: @Sendable ([ProjectID]) async -> Void
  private let forgetAll: @Sendable () -> Void
  /// All that was deleted up to here is known.
  private var through: Int64 = 0
  private var settled: Int64 = 0
  private var task: Task<Void, Never>?
  private var isStopped = false

  private static let pause: Duration = .milliseconds(100)

  /// - Parameters:
  ///   - tell: Is told what was deleted, each project once.
  ///   - forgetAll: Called when the database is another one, or an older state of it, which may not have what was seen.
  init(
    pool: PostgresPool, loop: EventLoop, tell: @escaping @Sendable ([ProjectID]) async -> Void,
    forgetAll: @escaping @Sendable () -> Void
  ) {
    self.pool = pool
    self.loop = loop
    self.tell = tell
    self.forgetAll = forgetAll
  }

  /// From the ticker.
  func advance(_ outcome: SettleTicker.Outcome) {
    loop.assertOnLoop()
    switch outcome {
    case .settled(let position): settled = position
    case .restarted(let position):
      (settled, through) = (position, position)
      forgetAll()
    }
    guard task == nil, !isStopped, settled > through else { return }
    task = loop.startTask { [self] in
      while !isStopped, through < settled {
        await look(from: through, to: settled)
        try? await loop.sleep(for: Self.pause)
      }
      task = nil
    }
  }

  func stop() async {
    loop.assertOnLoop()
    isStopped = true
    task?.cancel()
    await task?.value
  }

  /// What cannot be read now is read by the next look.
  private func look(from position: Int64, to settled: Int64) async {
    let found = try? await pool.lookup(JournalQueries.deletedProjects, (position, settled))
    guard let deleted = try? found?.values() else { return }
    // The journal may have been restarted meanwhile.
    if through == position { through = settled }
    if !deleted.isEmpty { await tell(deleted.map { ProjectID(unchecked: $0) }) }
  }
}
