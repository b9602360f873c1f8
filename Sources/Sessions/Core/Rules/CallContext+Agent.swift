import GRPC
import Journal

extension CallContext {
  /// The agent that a call is about: the one that the request names, else the one that makes the call; empty for none.
  ///
  /// - Throws: CALL_METADATA_INVALID.
  func agent(named: String) throws(RPCError) -> String {
    var agent = named
    if agent.isEmpty {
      try CallKey.read(metadata) { key, value in
        if key == .agent { agent = String(decoding: value, as: UTF8.self) }
      }
    }
    return agent
  }
}
