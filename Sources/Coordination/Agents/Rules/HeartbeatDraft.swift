import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A heartbeat that may be noted.
struct HeartbeatDraft {
  let agent: String
  let state: AgentState
  let metadata: WellKnown.Struct?

  /// - Parameter agent: Whose it is when the request does not say; empty for nobody's.
  init(validating request: HeartbeatRequest, of agent: String) throws(RPCError) {
    var violations = Violations()
    self.agent = request.agent.isEmpty ? agent : request.agent
    if self.agent.isEmpty {
      violations.add("must not be empty without cairn-agent", at: "agent")
    } else {
      violations.identifier(self.agent, at: "agent")
    }
    violations.toldState(request.state, at: "state")
    _ = violations.metadata(request.metadata, at: "metadata")
    try violations.check()
    state = request.state
    metadata = request.metadata
  }

  /// Whether it says more than that the agent lives.
  func saysMore(than heard: BeatHeard) -> Bool {
    metadata != nil || heard.state == .dead || state != .unspecified && state != heard.state
  }
}
