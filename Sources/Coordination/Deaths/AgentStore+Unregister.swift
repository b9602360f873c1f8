import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

extension AgentStore {
  /// Gives back what an agent holds, however much that is, and removes it.
  func unregister(_ id: String, in scope: CallScope) async throws(RPCError) -> Agent {
    let agent = AgentID(scope.project, id)
    var own = scope
    own.request = nil
    while true {
      if scope.effect == .kept {
        // It is given nothing more. A repetition of the request finds no agent, and its answer.
        let resting = try await write(id, in: own) { stored throws(RPCError) in
          guard let stored, stored.agent.load > 0, stored.agent.state != .dead else { return nil }
          return try stored.heard(saying: .maintenance, nil)
        }
        if resting.agent.load > 0 {
          try await DeathStore(store: store).release(
            agent, before: .max, because: "its agent was unregistered", in: own)
        }
      }
      if let removed = try await remove(id, in: scope) { return removed }
    }
  }

  /// Removes an agent; nil when it holds something after all.
  private func remove(_ id: String, in scope: CallScope) async throws(RPCError) -> Agent? {
    let lock = WriteLock(.agent, rows: [id], [AgentQueries.lock.bind((scope.project, id))])
    let result = try await store.journal.write(
      in: scope, locking: [lock, DispatchLock.lock(scope.project)]
    ) { locked throws(RPCError) -> WritePlan<Agent?> in
      let stored = try database { () throws(PostgresError) in
        try AgentQueries.lock.results(locked.rows[0]).first(as: StoredAgent.self)
      }
      guard let stored else { throw .agentNotFound(id) }
      if stored.agent.load > 0, scope.effect == .kept { return WritePlan(nil) }
      let event = CoordinationEvent(.agentUnregistered, stored.agent)
      return WritePlan(
        stored.shown, statements: [AgentQueries.delete.bind((scope, id, RecordedEvents([event])))],
        answer: { stored.shown.serializedBytes() })
    }
    switch result {
    case .repeated(let answer): return try answer.decoded() as Agent
    case .written(let write):
      if write.stamp != nil { store.wakes.ring(.agent(scope.project, TextKey(id))) }
      return write.value
    }
  }
}
