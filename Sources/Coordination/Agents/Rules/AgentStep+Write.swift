import CairnAPI
import Journal
import Postgres
import Requests
import Wire

extension AgentStep {
  /// The agent as the write leaves it, without what only the write knows, for ``Agent/stamped(_:)``.
  func planned(over stored: StoredAgent?) -> Agent {
    var planned = agent
    if changes {
      planned.version = (stored?.agent.version ?? 0) + 1
      planned.position = 0
      planned.etag = ""
      planned.updateTime = nil
    }
    if stored == nil { planned.createTime = nil }
    if beats { planned.lastHeartbeatTime = nil }
    return planned.shown
  }
}

extension Agent {
  /// The agent after a write that has drawn its position.
  func stamped(_ stamp: Stamp) -> Agent {
    var agent = self
    let at = WellKnown.Timestamp(stamp.at)
    if position == 0 {
      agent.position = stamp.position
      agent.etag = Etag.text(stamp.position)
    }
    agent.createTime = createTime ?? at
    agent.updateTime = updateTime ?? at
    agent.lastHeartbeatTime = lastHeartbeatTime ?? at
    return agent
  }

  /// As the answer to a request with `validate_only` has it: without what only a write gives.
  func told(over stored: Agent?) -> Agent {
    var agent = self
    agent.version = stored?.version ?? 0
    agent.etag = stored?.etag ?? ""
    agent.position = stored?.position ?? 0
    agent.updateTime = stored?.updateTime
    agent.lastHeartbeatTime = stored?.lastHeartbeatTime
    return agent
  }
}
