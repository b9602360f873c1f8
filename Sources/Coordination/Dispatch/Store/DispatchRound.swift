import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

/// What one round of giving out a project's tasks came to.
struct DispatchRound {
  /// The agents that were given tasks.
  var agents: [String] = []
  /// Where the next round goes on; empty: at the first lane.
  var nextLane: [UInt8] = []
  /// Whether there may be more to give out at once.
  var isCut = false
  /// When a queue that has used up its rate may give out a task again.
  var wait: Duration?
}

extension CoordinationStore {
  /// Gives out some of the tasks that wait in a project, in one write: two round trips; one transaction that changes nothing when
  /// there is nothing to give out.
  func dispatch(in project: ProjectID, after lane: [UInt8]) async throws(RPCError) -> DispatchRound {
    let scope = CallScope(project: project, principal: "cairn", operation: "cairn/AssignTasks")
    let look = DispatchQueries.Look(project: project, afterLane: lane)
    let locks = [
      DispatchLock.lock(
        project,
        [
          DispatchQueries.policy.bind(project), DispatchQueries.lanes.bind(look),
          DispatchQueries.ready.bind(look), DispatchQueries.agents.bind(look),
        ])
    ]
    let result = try await journal.write(in: scope, locking: locks) {
      (locked) throws(RPCError) -> WritePlan<DispatchRound> in
      let seen = try database { () throws(PostgresError) in try SeenRound(locked.rows) }
      var matching = Matching(seen.agents, strategy: seen.strategy, now: seen.now)
      let assignments = matching.assign(seen.tasks)
      var round = DispatchRound()
      round.nextLane = seen.lastLane ?? []
      round.isCut = seen.lastLane != nil || !assignments.pairs.isEmpty && seen.tasks.count >= look.tasks
      round.wait = assignments.wait.map { .microseconds(Int64($0.rounded(.up))) }
      return self.plan(assignments, in: scope, at: seen.now).map { agents in
        round.agents = agents
        return round
      }
    }
    switch result {
    case .written(let write): return write.value
    case .repeated: return DispatchRound()
    }
  }

  /// Gives tasks to agents, under the dispatch lock; comes to the agents that were given some.
  func plan(
    _ assignments: Assignments, in scope: CallScope, at now: PostgresTimestamp
  ) -> WritePlan<[String]> {
    if assignments.pairs.isEmpty { return WritePlan([]) }
    var statements = [DispatchQueries.assign.bind((scope, assignments.pairs))]
    if !assignments.tokens.isEmpty {
      statements.append(DispatchQueries.spend.bind((scope.project, assignments.tokens, now)))
    }
    return WritePlan(statements: statements, changes: []) { written throws(RPCError) in
      guard let rows = written.rows.first else { return [] }
      return try database { () throws(PostgresError) in
        let found = try DispatchQueries.assign.results(rows)
        return Array(
          Set(try found.map { row, columns throws(PostgresError) in try row.decode(columns.agent) }))
      }
    }
  }
}

/// What the looks of a round returned.
private struct SeenRound {
  let strategy: AssignmentStrategy
  let now: PostgresTimestamp
  let lastLane: [UInt8]?
  let tasks: [ReadyTask]
  let agents: [FreeAgent]

  /// - Parameter rows: Of the lock and the looks behind it.
  init(_ rows: [Rows]) throws(PostgresError) {
    let policy = try DispatchQueries.policy.results(rows[1])
    let row = try policy.rows.only()
    strategy = AssignmentStrategy(rawValue: try row.decode(policy.columns.strategy))
    now = try row.decode(policy.columns.now)
    lastLane = try DispatchQueries.lanes.results(rows[2]).values().first
    tasks = try DispatchQueries.ready.results(rows[3]).decoded()
    agents = try DispatchQueries.agents.results(rows[4]).decoded()
  }
}
