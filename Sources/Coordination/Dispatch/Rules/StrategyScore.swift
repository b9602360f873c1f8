import CairnAPI

/// How much a strategy wants an agent for a task: higher is better. Pure.
struct StrategyScore {
  let strategy: AssignmentStrategy
  /// How many of the agent's capabilities the task requires.
  let matched: Int

  func score(of agent: FreeAgent) -> Double {
    let room = 1 - Double(agent.load) / Double(agent.maxLoad)
    switch strategy {
    case .roundRobin: return 0
    case .priority: return Double(agent.priority) + room / 2
    case .capabilityWeighted: return capabilities(of: agent)
    case .dynamic:
      return 0.30 * room + 0.20 * Double(agent.priority) / 10 + 0.20 * (1 - agent.errorRate)
        + 0.15 * agent.speed + 0.15 * min(capabilities(of: agent) / 10, 1)
    case .unspecified, .leastLoaded, .sessionAffinity, .unrecognized: return room
    }
  }

  /// 2 for each that is required, 0.5 for each other.
  private func capabilities(of agent: FreeAgent) -> Double {
    2 * Double(matched) + 0.5 * Double(max(0, agent.capabilityCount - matched))
  }
}
