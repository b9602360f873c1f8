import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

/// `cairn.v1.AgentService`.
package struct AgentService: AgentServiceProvider {
  let store: CoordinationStore
  let tasks: TaskStore

  var agents: AgentStore { AgentStore(store: store) }
  var work: WorkStore { WorkStore(tasks: tasks) }
  var journal: Journal { store.journal }

  package func registerAgent(
    _ request: RegisterAgentRequest, _ call: CallContext
  ) async throws(RPCError) -> Agent {
    let (draft, scope) = try await journal.accept(request, call) {
      AgentDraft(validating: $0.agent, at: "agent", &$1)
    }
    return try await agents.write(draft.agent.id, in: scope) { stored throws(RPCError) in
      try draft.registered(over: stored)
    }.agent
  }

  package func unregisterAgent(
    _ request: UnregisterAgentRequest, _ call: CallContext
  ) async throws(RPCError) -> Agent {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    return try await agents.unregister(request.id, in: scope)
  }

  package func getAgent(_ request: GetAgentRequest, _ call: CallContext) async throws(RPCError) -> Agent {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    try violations.check()
    return try await agents.agent(request.id, in: try await journal.project(request.project, call))
  }

  package func listAgents(
    _ request: ListAgentsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListAgentsResponse {
    let filter = request.filter ?? AgentFilter()
    let page = try await journal.page(of: request, call) { $0.agents(filter, at: "filter") }
    return try await journal.naming(try await agents.list(page, filter))
  }

  package func getDeadAgentPolicy(
    _ request: GetDeadAgentPolicyRequest, _ call: CallContext
  ) async throws(RPCError) -> DeadAgentPolicy {
    try await agents.policy(in: try await journal.project(request.project, call))
  }

  package func updateDeadAgentPolicy(
    _ request: UpdateDeadAgentPolicyRequest, _ call: CallContext
  ) async throws(RPCError) -> DeadAgentPolicy {
    let (update, scope) = try await journal.accept(request, call) {
      DeadAgentPolicyUpdate(validating: $0, &$1)
    }
    let policy = try await agents.update(update, in: scope)
    store.policies.tell()
    return policy
  }
}
