import EventLoop
import Postgres

/// Takes away the history that projects no longer keep, on one server at a time.
///
/// ```
/// advance ──▶ wait ──▶ prune ──▶ drop
/// ```
///
/// A round first moves the horizons: from then on readers are told that what lies below is gone. It waits until whoever
/// began to read before has ended, or asks again; then rows go, in short transactions, and last the partitions that are
/// empty. Killed anywhere it is simply begun again: what is to go is what lies between `cleared_position` and the horizon.
struct Pruning: Sendable {
  let pool: PostgresPool
  let ticker: SettleTicker
  let loop: EventLoop
  let configuration: JournalConfiguration

  /// Projects that are read at once.
  private static let page: Int64 = 1_000
  /// Rows go for so long, then horizons are looked at again.
  private static let stretch: Duration = .seconds(10)
  /// How long a partition's end may hold others up.
  private static let dropTimeout: Duration = .milliseconds(100)

  /// Rounds until nothing is left that may go.
  func run(while mayGoOn: () async -> Bool) async {
    do throws(PostgresError) {
      while try await round(while: mayGoOn), await mayGoOn() {}
    } catch {
      // A database that is gone or busy: the next round goes on.
      if error.kind == .server { _ = DatabaseFaults.report(error) }
    }
  }

  /// One round. Whether something is left that may go.
  func round(while mayGoOn: () async -> Bool) async throws(PostgresError) -> Bool {
    let settled = ticker.status.settled
    guard settled > 0 else { return false }
    try await advance(through: settled, while: mayGoOn)
    let pending = try await pool.read(JournalQueries.pendingHorizons, Self.page)
    var goals: [(project: String, through: Int64)] = []
    for row in pending.rows {
      goals.append((try row.decode(pending.columns.project), try row.decode(pending.columns.position)))
    }
    if !goals.isEmpty {
      guard await wait(while: mayGoOn) else { return false }
      try await prune(&goals, while: mayGoOn)
    }
    while await mayGoOn(), try await drop(through: settled) {}
    return !goals.isEmpty || pending.count == Self.page
  }

  private func advance(through settled: Int64, while mayGoOn: () async -> Bool) async throws(PostgresError) {
    var last = ""
    while true {
      let page = try await pool.read(JournalQueries.projectsWithRetention, (last, Self.page)).values()
      for project in page {
        guard await mayGoOn() else { return }
        last = project
        do throws(PostgresError) {
          _ = try await pool.write(JournalQueries.advanceHorizon, (project, settled))
        } catch {
          // Somebody takes a hold for a long time: it is this project's horizon that stays.
          guard error.isLockTimeout else { throw error }
        }
      }
      if page.count < Self.page { return }
    }
  }

  /// Until every reader who saw the horizons as they were before has ended, or asks again.
  private func wait(while mayGoOn: () async -> Bool) async -> Bool {
    let end = loop.now + configuration.pruneGrace
    while Instant.now < end {
      guard await mayGoOn() else { return false }
      try? await loop.sleep(for: min(end - .now, .milliseconds(100)))
    }
    return await mayGoOn()
  }

  /// Removes rows, of each project in its turn, until none are left or the stretch is over.
  private func prune(
    _ goals: inout [(project: String, through: Int64)], while mayGoOn: () async -> Bool
  ) async throws(PostgresError) {
    let end = Instant.now + Self.stretch
    while !goals.isEmpty, Instant.now < end {
      var left: [(project: String, through: Int64)] = []
      for goal in goals {
        guard await mayGoOn() else { return }
        let isDone = try await pool.write(JournalQueries.pruneHistory, goal).value()
        if !isDone { left.append(goal) }
      }
      goals = left
    }
  }

  /// Drops an empty partition; false when there is none. Gives up quickly when a long query is in the way.
  private func drop(through settled: Int64) async throws(PostgresError) -> Bool {
    do throws(PostgresError) {
      return try await pool.transaction(TransactionOptions(lockTimeout: Self.dropTimeout)) {
        tx throws(PostgresError) in
        let rows = try await tx.commit([JournalQueries.dropPartition.bind(settled)])[0]
        return try JournalQueries.dropPartition.results(rows).value()
      }
    } catch {
      guard error.isLockTimeout else { throw error }
      return false
    }
  }
}
