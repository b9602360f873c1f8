import CairnAPI
import EventLoop
import GRPC
import Postgres
import Synchronization

/// Work that outlives the call that asked for it: begun here, done in the background by whichever server has
/// time, looked at and cancelled from any.
package final class Operations: Sendable {
  private let pool: PostgresPool
  private let runner: OperationRunner
  private let home: EventLoop
  private let drains = Atomic(false)

  /// How soon a watcher looks again after a change; while nothing changes, half as often each time.
  private static let watchInterval: Duration = .milliseconds(100)
  private static let longestWatchInterval: Duration = .seconds(1)
  /// Attempts to begin an operation whose like ends in this very moment.
  private static let beginAttempts = 5

  init(pool: PostgresPool, home: EventLoop, lanes: Int) {
    self.pool = pool
    self.home = home
    runner = OperationRunner(pool: pool, loop: home, lanes: lanes)
  }

  /// Starts to work on what there is to do of these kinds.
  package func start(_ works: [any BackgroundWork]) {
    home.execute { [runner] in runner.start(works) }
  }

  func drain() { drains.store(true, ordering: .relaxed) }

  var isDraining: Bool { drains.load(ordering: .relaxed) }

  func stop() async { await home.run { [runner] in await runner.stop() } }

  /// Begins an operation of `kind`, or returns the one of that kind and subject that is under way in the project.
  ///
  /// - Parameters:
  ///   - subject: What it is about, where a project may have several of the kind at once.
  ///   - total: How many items there are about.
  package func begin(
    _ kind: String, about subject: String = "", total: Int64, in scope: CallScope
  ) async throws(RPCError) -> OperationRow {
    for _ in 0..<Self.beginAttempts {
      let operation = BeginOperation(
        project: scope.project, id: Self.newID(), kind: kind, subject: subject,
        principal: scope.principal, total: total)
      let begun: OperationRow? = try await database { () async throws(PostgresError) in
        try await pool.write(JournalQueries.beginOperation, operation).first()
      }
      // None: the one that was under way has ended in this very moment.
      guard let begun else { continue }
      nudge()
      return begun
    }
    throw RPCError(.aborted, .contention, "others keep beginning the same operation; try again")
  }

  /// Begins an operation as part of a write: the statement has no effect while one of its kind and subject is under
  /// way. Call ``nudge()`` when it has committed.
  package static func beginning(
    _ kind: String, about subject: String, total: Int64, in project: ProjectID, by principal: String
  ) -> BoundStatement {
    JournalQueries.beginOperation.bind(
      BeginOperation(
        project: project, id: newID(), kind: kind, subject: subject, principal: principal, total: total))
  }

  private static func newID() -> String { UUID128.makeVersion7().description }

  /// Has somebody look for work at once. From any thread.
  package func nudge() { home.execute { [runner] in runner.nudge() } }

  /// Throws OPERATION_NOT_FOUND when the project has none with this id.
  package func get(_ id: String, in project: ProjectID) async throws(RPCError) -> OperationRow {
    let found = try await database { () async throws(PostgresError) in
      try await pool.lookup(JournalQueries.findOperation, (project, id)).first(as: OperationRow.self)
    }
    guard let found else { throw .operationNotFound(id) }
    return found
  }

  /// The newest operations of a project that a page has.
  package func list(_ page: OperationPage, in project: ProjectID) async throws(RPCError) -> [OperationRow] {
    try await database { () async throws(PostgresError) in
      try await pool.read(JournalQueries.listOperations, page.composition(in: project)).decoded()
    }
  }

  /// Ends an operation: no step of it begins any more, on any server. Waits for the step under way.
  ///
  /// Throws OPERATION_NOT_FOUND, OPERATION_ENDED when it is done or has failed, CONTENTION when the step under way
  /// takes longer than until `deadline`.
  package func cancel(
    _ id: String, in project: ProjectID, until deadline: Instant
  ) async throws(RPCError) -> OperationRow {
    while true {
      do throws(RPCError) {
        let cancelled: OperationRow? = try await database { () async throws(PostgresError) in
          try await pool.write(JournalQueries.cancelOperation, (project, id)).first()
        }
        if let cancelled { return cancelled }
        break
      } catch {
        guard error.reason == .contention, Instant.now < deadline else { throw error }
      }
    }
    let found = try await get(id, in: project)
    guard found.state == .cancelled else { throw .operationEnded(found) }
    return found
  }

  /// Waits until the operation is not as it was in `last`, and returns it. Throws OPERATION_NOT_FOUND when it is gone
  /// with its project, UNAVAILABLE when the server stops: the operation goes on elsewhere, or later.
  package func change(
    since last: OperationRow, on loop: EventLoop
  ) async throws(RPCError) -> OperationRow {
    var interval = Self.watchInterval
    while true {
      if isDraining {
        throw RPCError(
          .unavailable, .shuttingDown, "the server is stopping; the operation will go on", ["id": last.id])
      }
      do throws(CancellationError) { try await loop.sleep(for: interval) } catch {
        throw RPCError(.cancelled, .callCancelled, "the call was cancelled")
      }
      let now = try await get(last.id, in: last.project)
      if now != last { return now }
      interval = min(interval * 2, Self.longestWatchInterval)
    }
  }
}
