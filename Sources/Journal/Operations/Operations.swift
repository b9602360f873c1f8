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
  private let isDraining = Atomic(false)

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

  func drain() { isDraining.store(true, ordering: .relaxed) }

  func stop() async { await home.run { [runner] in await runner.stop() } }

  /// Begins an operation of `kind`, or returns the one of that kind and subject that is under way in the project.
  ///
  /// - Parameters:
  ///   - subject: What it is about, where a project may have several of the kind at once.
  ///   - total: How many items there are about.
  package func begin(
    _ kind: String, about subject: String = "", total: Int64, _ scope: CallScope
  ) async throws(RPCError) -> OperationRow {
    for _ in 0..<Self.beginAttempts {
      let statement = Self.beginning(
        kind, about: subject, total: total, in: scope.project, by: scope.principal)
      let begun = try await first(of: statement)
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
    let id = UUID128.makeVersion7().description
    return JournalQueries.beginOperation.bind([project.text, id, kind, subject, principal, total])
  }

  /// Has somebody look for work at once. From any thread.
  package func nudge() { home.execute { [runner] in runner.nudge() } }

  /// Throws OPERATION_NOT_FOUND when the project has none with this id.
  package func get(_ id: String, in project: ProjectID) async throws(RPCError) -> OperationRow {
    let found = try await database { () async throws(PostgresError) in
      try OperationRow.list(try await pool.lookup(JournalQueries.findOperation, [project.text, id])).first
    }
    guard let found else { throw .operationNotFound(id) }
    return found
  }

  /// The newest operations of a project, at most `limit`.
  ///
  /// - Parameters:
  ///   - id: Only older ones than this; nil: from the newest on.
  ///   - kinds: Only of these; empty: of all.
  ///   - states: Only in these; empty: in any.
  package func list(
    before id: String?, kinds: [String], states: [OperationRow.State], limit: Int, in project: ProjectID
  ) async throws(RPCError) -> [OperationRow] {
    var query = QueryFragments.Composition(JournalQueries.listOperations)
    query.add("all", project.text)
    if !kinds.isEmpty { query.add("kinds", kinds) }
    if !states.isEmpty { query.add("states", states.map(\.rawValue)) }
    if let id { query.add("before", id) }
    query.add("page", limit)
    let statement = query.statement
    return try await database { () async throws(PostgresError) in
      try OperationRow.list(try await pool.read(statement.statement, statement.parameters))
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
        if let cancelled = try await first(of: JournalQueries.cancelOperation.bind([project.text, id])) {
          return cancelled
        }
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
      if isDraining.load(ordering: .relaxed) {
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

  /// The row that a statement returns, if any.
  private func first(of statement: BoundStatement) async throws(RPCError) -> OperationRow? {
    try await database { () async throws(PostgresError) in
      try OperationRow.list(try await pool.write(statement.statement, statement.parameters)).first
    }
  }
}

extension OperationRow {
  static func list(_ rows: Rows) throws(PostgresError) -> [OperationRow] {
    try rows.map { row throws(PostgresError) in try OperationRow(decoding: row) }
  }
}
