import EventLoop
import GRPC
import Journal
import Postgres

/// How far what happened in a project is summed up.
struct FigureReach: Sendable {
  /// Every event up to here is in the sums.
  let position: Int64
  /// Whether that is all that was asked for.
  let isComplete: Bool
}

/// Sums over what happened with tasks: the tables `coordination_rollup` and `task_figure`.
///
/// The history is summed up position by position, and never beyond what is settled: so each event is added once, in the same
/// transaction that says how far the sums go, whoever does it and however often it is tried. A duty does so now and then; who
/// reads the sums does so first.
struct FigureStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
  private let shared: PerLoop<SharedWork<ProjectID, FigureReach>>

  /// Events added in one transaction: some ten milliseconds.
  private static let eventsAtOnce = 5_000
  /// Transactions that a call makes at most before it answers.
  private static let stepsOfCall = 20
  /// Steps of others that one waits for.
  private static let lockTimeout: Duration = .seconds(10)

  init(journal: Journal, pool: PostgresPool) {
    self.journal = journal
    self.pool = pool
    shared = journal.sharedWork(ProjectID.self, FigureReach.self)
  }

  /// Adds what happened so far: at least what was acknowledged before the call, unless that is more than 100,000 events. Callers
  /// of a loop share the work for a project.
  func catchUp(_ project: ProjectID, _ call: CallContext) async throws(RPCError) {
    let through = try await journal.present(of: project, call).position
    while true {
      let reach = try await shared[call.loop].value(for: project) { () async throws(RPCError) in
        var steps = 0
        return try await rollUp(project, through: through) {
          steps += 1
          return steps <= Self.stepsOfCall
        }
      }
      if reach.position >= through || !reach.isComplete { return }
    }
  }

  /// Adds what happened up to a position that is settled.
  ///
  /// - Parameter mayGoOn: Asked before each transaction.
  @discardableResult
  func rollUp(
    _ project: ProjectID, through: Int64, while mayGoOn: () async -> Bool
  ) async throws(RPCError) -> FigureReach {
    while true {
      let (position, isBehind) = try await lag(of: project, through: through)
      if !isBehind { return FigureReach(position: max(position, through), isComplete: true) }
      guard await mayGoOn() else { return FigureReach(position: position, isComplete: false) }
      try await step(project, through: through)
    }
  }

  /// The projects that have tasks, those included that are being deleted.
  func projects() async throws(RPCError) -> [ProjectID] {
    try await database { () async throws(PostgresError) in
      try await pool.read(FigureQueries.projects, ()).values().compactMap { ProjectID($0) }
    }
  }

  private func lag(
    of project: ProjectID, through: Int64
  ) async throws(RPCError) -> (position: Int64, isBehind: Bool) {
    try await database { () async throws(PostgresError) in
      let found = try await pool.lookup(FigureQueries.lag, (project, through))
      let row = try found.rows.only()
      return (try row.decode(found.columns.position), try row.decode(found.columns.isBehind))
    }
  }

  private func step(_ project: ProjectID, through: Int64) async throws(RPCError) {
    let options = TransactionOptions(isRepeatable: true, lockTimeout: Self.lockTimeout)
    try await database { () async throws(PostgresError) in
      try await pool.transaction(options) { tx throws(PostgresError) in
        let rows = try await tx.pipeline([
          FigureQueries.begin.bind(project), FigureQueries.lock.bind(project),
          FigureQueries.range.bind((project, through, Self.eventsAtOnce)),
        ])
        guard let range = try FigureQueries.range.results(rows[2]).first(as: FigureRange.self),
          range.after < range.through
        else { return }
        try await tx.commit([FigureQueries.rollUp.bind((project, range))])
      }
    }
  }
}
