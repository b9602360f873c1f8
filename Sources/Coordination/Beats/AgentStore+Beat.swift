import GRPC
import Journal

extension AgentStore {
  /// Notes that an agent was heard, and waits until that is written; a dead one is ACTIVE again. Throws AGENT_NOT_FOUND.
  func beat(_ id: String, in scope: CallScope) async throws(RPCError) -> BeatHeard {
    let agent = AgentID(scope.project, id)
    guard let heard = try await store.beats.beat(agent) else { throw .agentNotFound(id) }
    if heard.state == .dead { try await revive(agent) }
    return heard
  }
}
