import CairnAPI
import GRPC
import Journal
import Postgres

// When agents are dead: a row of `coordination_policy`, which others share.
extension AgentStore {
  func policy(in project: ProjectID) async throws(RPCError) -> DeadAgentPolicy {
    try await database { () async throws(PostgresError) in
      try await store.pool.lookup(AgentQueries.findPolicy, project).first(as: DeadAgentPolicy.self)
    } ?? .standard
  }

  func update(
    _ update: DeadAgentPolicyUpdate, in scope: CallScope
  ) async throws(RPCError) -> DeadAgentPolicy {
    // Nobody else changes it while the dispatch lock is held.
    let lock = DispatchLock.lock(scope.project, [AgentQueries.findPolicy.bind(scope.project)])
    let result = try await store.journal.write(in: scope, locking: [lock]) { locked throws(RPCError) in
      let stored = try database { () throws(PostgresError) in
        try AgentQueries.findPolicy.results(locked.rows[1]).first(as: DeadAgentPolicy.self)
      }
      let policy = try update.applied(to: stored ?? .standard)
      return WritePlan(
        statements: [AgentQueries.savePolicy.bind((scope.project, policy))], changes: [],
        answer: { policy.serializedBytes() }
      ) { written in written.stamp.map { policy.stamped($0) } ?? policy }
    }
    switch result {
    case .written(let write): return write.value
    case .repeated(let answer): return (try answer.decoded() as DeadAgentPolicy).stamped(answer.stamp)
    }
  }
}
