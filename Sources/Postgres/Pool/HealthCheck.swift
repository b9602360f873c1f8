import EventLoop

/// Asks an idle connection for a sign of life and gives it back, or breaks it off.
final class HealthCheck: ConnectionClient {
  private let pool: LoopPool
  private let connection: Connection
  private var timer: ClosureTimer?

  init(pool: LoopPool, _ connection: Connection) {
    self.pool = pool
    self.connection = connection
  }

  func start() {
    let timer = ClosureTimer { [connection] in connection.breakOff("no sign of life") }
    self.timer = timer
    pool.loop.schedule(timer, after: pool.configuration.connectTimeout)
    connection.ping()
  }

  func progressed(_ connection: Connection) {
    guard !connection.isBusy else { return }
    if let timer { pool.loop.cancel(timer) }
    pool.release(connection)
  }

  func lost(_: [(member: PendingStatement, fate: Pipeline.Fate)], because _: PostgresError) {
    if let timer { pool.loop.cancel(timer) }
  }

  func isAbandoned(_: Connection) -> Bool { false }
  func mustRunAgain(_: PendingStatement, on _: Connection) {}
  func segmentEnded(_: [PendingStatement], failed _: Bool, on _: Connection) {}
}
