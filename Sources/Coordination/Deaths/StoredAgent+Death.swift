import CairnAPI

/// How agents die, and what follows. Pure.
extension StoredAgent {
  /// - Parameter delay: Microseconds until it is asked for a sign of life; nil: never.
  func died(askedAfter delay: Int64?) -> AgentStep {
    var next = agent
    next.state = .dead
    return AgentStep(
      agent: next, beats: false, recoveryDelay: delay, events: [CoordinationEvent(.agentDead, next)])
  }

  /// What is due with a dead one: it is asked for a sign of life, or given up.
  func recovered(as due: DueRecovery) -> AgentStep? {
    guard agent.state == .dead else { return nil }
    var step = AgentStep(agent: agent, changes: false, beats: false)
    if due.isAsked {
      step.events = [CoordinationEvent(.recoveryFailed, agent)]
    } else if due.recovers {
      step.asks = true
      step.recoveryDelay = due.silenceLimit
      step.events = [CoordinationEvent(.recoveryAttempted, agent)]
    }
    return step
  }
}
