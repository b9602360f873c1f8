import EventLoop
import GRPC
import Postgres
import Synchronization

/// Work that outlives the call that asked for it: begun here, done in the background by whichever server has
/// time, watched by who wants to know.
package final class Operations: Sendable {
  private let pool: PostgresPool
  private let runner: OperationRunner
  private let home: EventLoop
  private let isDraining = Atomic(false)

  /// How often a watcher looks.
  private static let watchInterval: Duration = .milliseconds(100)

  init(pool: PostgresPool, home: EventLoop) {
    self.pool = pool
    self.home = home
    runner = OperationRunner(pool: pool, loop: home)
  }

  /// Starts to work on what there is to do of these kinds.
  package func start(_ works: [any BackgroundWork]) {
    home.execute { [runner] in runner.start(works) }
  }

  func drain() { isDraining.store(true, ordering: .relaxed) }

  func stop() async { await home.run { [runner] in await runner.stop() } }

  /// Begins an operation of `kind`, or returns the one of that kind that is under way in the project.
  ///
  /// - Parameter total: How many items there are about.
  package func begin(
    _ kind: String, total: Int64, _ scope: CallScope
  ) async throws(RPCError) -> OperationRow {
    let id = UUID128.makeVersion7().description
    for _ in 0..<5 {
      let rows = try await database { () async throws(PostgresError) in
        try await pool.write(
          JournalQueries.beginOperation, [scope.project.text, id, kind, scope.principal, total])
      }
      // None: the one that was under way has ended in this very moment.
      guard let row = rows.first else { continue }
      home.execute { [runner] in runner.nudge() }
      return try await database { () async throws(PostgresError) in try OperationRow(decoding: row) }
    }
    throw RPCError(.aborted, .contention, "others keep beginning the same operation; try again")
  }

  /// Nil when there is none with this id in the project, or it is of another kind.
  package func find(
    _ id: String, _ kind: String, in project: ProjectID
  ) async throws(RPCError) -> OperationRow? {
    try await database { () async throws(PostgresError) in
      let rows = try await pool.lookup(JournalQueries.findOperation, [project.text, id, kind])
      return try rows.first.map { row throws(PostgresError) in try OperationRow(decoding: row) }
    }
  }

  /// Waits until the operation is not as it was in `last`, and returns it. Throws UNAVAILABLE when the server
  /// stops: the operation goes on elsewhere, or later.
  package func change(
    since last: OperationRow, on loop: EventLoop
  ) async throws(RPCError) -> OperationRow {
    while true {
      if isDraining.load(ordering: .relaxed) {
        throw RPCError(
          .unavailable, .shuttingDown, "the server is stopping; the operation will go on", ["id": last.id])
      }
      do throws(CancellationError) { try await loop.sleep(for: Self.watchInterval) } catch {
        throw RPCError(.cancelled, .callCancelled, "the call was cancelled")
      }
      guard let now = try await find(last.id, last.kind, in: last.project) else { return last }
      if now != last { return now }
    }
  }

  private func database<T>(
    _ body: () async throws(PostgresError) -> T
  ) async throws(RPCError) -> T {
    do throws(PostgresError) { return try await body() } catch { throw RPCError(error) }
  }
}
