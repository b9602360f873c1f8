import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension ResourceName {
  static func agent(_ id: String) -> ResourceName { ResourceName(Agent.self, "agent", id) }
  static func task(_ id: String) -> ResourceName { ResourceName(CairnTask.self, "task", id) }
}

/// The errors that several rooms have, each made in one place.
extension RPCError {
  static func agentNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .agentNotFound, about: .agent(id), "no agent \(id.quoted) in this project")
  }

  static func agentUnavailable(_ id: String, _ state: AgentState) -> RPCError {
    let text = state.text
    return RPCError(
      .failedPrecondition, .agentUnavailable, about: .agent(id),
      "agent \(id.quoted) takes no tasks: it is \(text)",
      ["id": id, "state": text])
  }

  static func taskNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .taskNotFound, about: .task(id), "no task \(id.quoted) in this project")
  }

  static func taskStateMismatch(_ id: String, _ state: TaskState, _ wish: String) -> RPCError {
    let text = state.text
    return RPCError(
      .failedPrecondition, .taskStateMismatch, about: .task(id),
      "task \(id.quoted) is \(text): it cannot be \(wish)", ["id": id, "state": text])
  }

  static func notTheHolder(_ id: String, agent: String, holder: String) -> RPCError {
    RPCError(
      .failedPrecondition, .notTheHolder, about: .task(id),
      "task \(id.quoted) is held by agent \(holder.quoted), not by \(agent.quoted)",
      ["id": id, "agent": agent, "holder": holder])
  }
}
