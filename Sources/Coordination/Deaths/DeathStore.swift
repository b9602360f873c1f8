import CairnAPI
import GRPC
import Journal
import Postgres

/// Declares agents dead, asks them for signs of life, and takes tasks back whose agents do them no longer.
///
/// Each step is a write of its own, and looks for itself whether there is still cause: two servers may do the same, and one
/// that ends in the middle leaves what the next one finds.
struct DeathStore: Sendable {
  let store: CoordinationStore

  private var pool: PostgresPool { store.pool }
  private var agents: AgentStore { AgentStore(store: store) }

  /// Agents, or tasks, of one look.
  private static let batch = 100

  private func scope(_ project: ProjectID, _ operation: String) -> CallScope {
    CallScope(project: project, principal: "cairn", operation: "cairn/\(operation)")
  }

  // MARK: Agents

  /// - Parameter since: When agents could be heard again, by the clock of the database.
  /// - Returns: How many were looked at.
  func declareDead(since: PostgresTimestamp) async throws(RPCError) -> Int {
    let silent: [AgentID] = try await database { () async throws(PostgresError) in
      try await pool.read(DeathQueries.overdue, (since, Self.batch)).decoded()
    }
    for agent in silent {
      try await agents.write(
        agent.agent.text, looking: [DeathQueries.isOverdue.bind((agent, since))],
        in: scope(agent.project, "DeclareDead")
      ) { stored, looks throws(RPCError) in
        guard let stored, stored.agent.state != .dead, !looks[0].isEmpty else { return nil }
        let delay = try database { () throws(PostgresError) in
          try DeathQueries.isOverdue.results(looks[0]).value()
        }
        return stored.died(askedAfter: delay)
      }
    }
    return silent.count
  }

  /// Asks dead agents for signs of life, and gives those up that were asked and stay silent.
  func recover() async throws(RPCError) -> Int {
    let due: [AgentID] = try await database { () async throws(PostgresError) in
      try await pool.read(DeathQueries.recoveries, Self.batch).decoded()
    }
    for agent in due {
      try await agents.write(
        agent.agent.text, looking: [DeathQueries.isDue.bind(agent)], in: scope(agent.project, "RecoverAgent")
      ) { stored, looks throws(RPCError) in
        let due = try database { () throws(PostgresError) in
          try DeathQueries.isDue.results(looks[0]).first(as: DueRecovery.self)
        }
        guard let stored, let due else { return nil }
        return stored.recovered(as: due)
      }
    }
    return due.count
  }

  // MARK: Tasks

  /// Takes tasks back from dead agents, and from what agents were before they began anew.
  func takeBackStranded() async throws(RPCError) -> Int {
    try await takeBack(
      try await database { () async throws(PostgresError) in
        try await pool.read(DeathQueries.stranded, Self.batch).decoded()
      }
    ) { $0.isDead ? .agentDead : .released(Self.anew) }
  }

  /// Ends attempts that have taken too long.
  func takeBackLate() async throws(RPCError) -> Int {
    try await takeBack(
      try await database { () async throws(PostgresError) in
        try await pool.read(DeathQueries.late, Self.batch).decoded()
      }
    ) { _ in .timeout }
  }

  /// Gives back what an agent holds since before a position, until there is no more.
  func release(
    _ agent: AgentID, before position: Int64, because why: String, in scope: CallScope
  ) async throws(RPCError) {
    while true {
      let held: [TakingBack.Held] = try await database { () async throws(PostgresError) in
        try await pool.read(DeathQueries.before, (agent, position, Self.batch)).decoded()
      }
      if held.isEmpty { return }
      try await takeBack(held, because: .released(why), in: scope)
    }
  }

  /// Why tasks come back from an agent that has lost them.
  static let anew = "its agent began anew"

  private func takeBack(
    _ lost: [LostTask], because cause: (LostTask) -> TakingBack.Cause
  ) async throws(RPCError) -> Int {
    for (project, tasks) in Dictionary(grouping: lost, by: \.project) {
      for (_, tasks) in Dictionary(grouping: tasks, by: \.isDead) {
        try await takeBack(
          tasks.map(\.held), because: cause(tasks[0]), in: scope(project, "TakeTasksBack"))
      }
    }
    return lost.count
  }

  private func takeBack(
    _ held: [TakingBack.Held], because cause: TakingBack.Cause, in scope: CallScope
  ) async throws(RPCError) {
    let back = TakingBack(store: store)
    let written = try await back.repeating { () throws(RPCError) in
      try await store.journal.write(back.part(held, because: cause, in: scope), in: scope)
    }
    if case .written(let write) = written { back.tell(write.value, in: scope.project) }
  }
}
