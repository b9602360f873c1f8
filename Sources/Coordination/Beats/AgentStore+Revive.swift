import CairnAPI
import GRPC
import Journal

extension AgentStore {
  /// A dead agent was heard: it is ACTIVE again.
  func revive(_ agent: AgentID) async throws(RPCError) {
    let scope = CallScope(project: agent.project, principal: "cairn", operation: "cairn/ReviveAgent")
    try await write(agent.agent.text, in: scope) { stored throws(RPCError) in
      guard let stored, stored.agent.state == .dead else { return nil }
      return try stored.heard(saying: .unspecified, nil)
    }
  }
}
