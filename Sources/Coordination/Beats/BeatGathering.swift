import EventLoop

/// The heartbeats that came since the last ones were written: each agent once, and when they must be written. Pure.
struct BeatGathering {
  private(set) var agents: Set<AgentID> = []
  /// When the next ones are written; nil while there are none.
  private(set) var due: Instant?

  /// - Returns: Whether they must be written earlier than was known before.
  mutating func add(_ agent: AgentID, by time: Instant) -> Bool {
    agents.insert(agent)
    if let due, due <= time { return false }
    due = time
    return true
  }

  /// Takes all of them once they are due; nil before.
  mutating func take(at now: Instant) -> [AgentID]? {
    guard let due, due <= now else { return nil }
    defer { (agents, self.due) = ([], nil) }
    return Array(agents)
  }
}
