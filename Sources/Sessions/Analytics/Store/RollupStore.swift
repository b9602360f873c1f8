import EventLoop
import GRPC
import Journal
import Postgres

/// How far the logs of a project are summed up.
struct Rollup: Sendable {
  /// Every event up to here is in the sums.
  let position: Int64
  /// The database's clock.
  let now: PostgresTimestamp
  /// Whether that is all that was asked for.
  let isComplete: Bool
}

/// Sums over logs: the tables `session_rollup`, `session_figure`, `session_agent_figure` and `session_trend_figure`.
///
/// Logs are summed up position by position, and never beyond what is settled: so each event is added once, in the same
/// transaction that says how far the sums go, whoever does it and however often it is tried. A duty does so now and then; who
/// reads the sums does so first.
struct RollupStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
  private let shared: PerLoop<SharedWork<ProjectID, Rollup>>

  /// Events added in one transaction: some ten milliseconds.
  private static let eventsAtOnce = 5_000
  /// Transactions that a call makes at most before it answers.
  private static let stepsOfCall = 20
  /// Steps of others that one waits for.
  private static let lockTimeout: Duration = .seconds(10)

  init(journal: Journal, pool: PostgresPool) {
    self.journal = journal
    self.pool = pool
    shared = journal.sharedWork(ProjectID.self, Rollup.self)
  }

  /// Adds what was appended so far, and says how far the sums go: at least up to what was acknowledged before the call, unless
  /// that is too much to be added at once. Callers of a loop share the work for a project.
  func caughtUp(_ project: ProjectID, _ call: CallContext) async throws(RPCError) -> Rollup {
    let through = try await journal.present(of: project, call).position
    while true {
      let rollup = try await shared[call.loop].value(for: project) { () async throws(RPCError) in
        var steps = 0
        return try await rollUp(project, through: through) {
          steps += 1
          return steps <= Self.stepsOfCall
        }
      }
      if rollup.position >= through || !rollup.isComplete { return rollup }
    }
  }

  /// Adds what was appended up to a position that is settled.
  ///
  /// - Parameter mayGoOn: Asked before each transaction.
  func rollUp(
    _ project: ProjectID, through: Int64, while mayGoOn: () async -> Bool
  ) async throws(RPCError) -> Rollup {
    while true {
      let (position, now, isBehind) = try await lag(of: project, through: through)
      if !isBehind { return Rollup(position: max(position, through), now: now, isComplete: true) }
      guard await mayGoOn() else { return Rollup(position: position, now: now, isComplete: false) }
      try await step(project, through: through)
    }
  }

  /// The projects that have sessions, those included that are being deleted.
  func projects() async throws(RPCError) -> [ProjectID] {
    try await database { () async throws(PostgresError) in
      try await pool.read(RollupQueries.projects, ()).values().compactMap { ProjectID($0) }
    }
  }

  private func lag(
    of project: ProjectID, through: Int64
  ) async throws(RPCError) -> (position: Int64, now: PostgresTimestamp, isBehind: Bool) {
    try await database { () async throws(PostgresError) in
      let found = try await pool.lookup(RollupQueries.lag, (project, through))
      let row = try found.rows.only()
      return (
        try row.decode(found.columns.position), try row.decode(found.columns.now),
        try row.decode(found.columns.isBehind)
      )
    }
  }

  private func step(_ project: ProjectID, through: Int64) async throws(RPCError) {
    let options = TransactionOptions(isRepeatable: true, lockTimeout: Self.lockTimeout)
    try await database { () async throws(PostgresError) in
      try await pool.transaction(options) { tx throws(PostgresError) in
        let rows = try await tx.pipeline([
          RollupQueries.begin.bind(project), RollupQueries.lock.bind(project),
          RollupQueries.range.bind((project, through, Self.eventsAtOnce)),
        ])
        guard let range = try RollupQueries.range.results(rows[2]).first(as: RollupRange.self),
          range.after < range.through
        else { return }
        try await tx.commit([RollupQueries.rollUp.bind((project, range))])
      }
    }
  }
}
