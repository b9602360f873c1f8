import GRPC
import Journal
import Requests

extension CallScope {
  /// The agent that a call is about: the one that the request names, else the one that makes the call; empty for none.
  func agent(named: String) -> String { named.isEmpty ? agent ?? "" : named }

  /// The same where there must be one.
  ///
  /// - Throws: FIELD_INVALID.
  func requiredAgent(named: String) throws(RPCError) -> String {
    let agent = agent(named: named)
    var violations = Violations()
    if agent.isEmpty { violations.add("must not be empty without cairn-agent", at: "agent") }
    try violations.check()
    return agent
  }
}
