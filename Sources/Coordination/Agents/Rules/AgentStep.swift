import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// An agent as a write finds it.
struct StoredAgent {
  /// With the state that is stored: never BUSY.
  var agent = Agent()
  var incarnation: Int64 = 0
  /// The position of the hello of its Work stream; 0: it has none.
  var stream: Int64 = 0
  /// When it was asked for a sign of life, since it is dead.
  var askedTime: PostgresTimestamp?

  /// As others see it.
  var shown: Agent { agent.shown }
}

extension Agent {
  /// A full one is BUSY.
  var shown: Agent {
    var shown = self
    if state == .active || state == .idle, load >= maxLoad ?? 1 { shown.state = .busy }
    return shown
  }
}

/// What becomes of an agent. Pure.
struct AgentStep {
  /// As it will be, but for what the write gives it.
  var agent: Agent
  /// It gets another version; otherwise only what no version is of changes.
  var changes = true
  /// It counts as a sign of life.
  var beats = true
  /// Its connection begins anew.
  var begins = false
  /// It has another Work stream.
  var streams = false
  /// Microseconds until a dead one is asked for a sign of life, or until one that was asked is given up; nil: neither.
  var recoveryDelay: Int64?
  /// It is asked for a sign of life.
  var asks = false
  var events: [CoordinationEvent] = []
}

extension AgentDraft {
  /// - Parameter stored: Nil when there is no such agent.
  func registered(over stored: StoredAgent?) throws(RPCError) -> AgentStep {
    if !etag.isEmpty {
      guard let stored else { throw .agentNotFound(agent.id) }
      try stored.check(etag: etag)
    }
    var agent = agent
    if let stored { agent.keep(stored.agent) }
    return AgentStep(agent: agent, events: [CoordinationEvent(.agentRegistered, agent)])
  }
}

extension StoredAgent {
  fileprivate func check(etag: String) throws(RPCError) {
    if !etag.isEmpty, !etag.hasSameBytes(as: agent.etag) {
      throw .etagMismatch(.agent(agent.id), given: etag, current: agent.etag)
    }
  }

  /// A sign of life, with what the agent says of itself.
  ///
  /// - Parameters:
  ///   - state: UNSPECIFIED: as before, and of a dead one ACTIVE.
  ///   - metadata: What changes of them.
  /// - Returns: Nil when nothing changes.
  func heard(saying state: AgentState, _ metadata: WellKnown.Struct?) throws(RPCError) -> AgentStep? {
    var next = agent
    let isDead = agent.state == .dead
    if state != .unspecified { next.state = state } else if isDead { next.state = .active }
    if let metadata {
      next.metadata = (agent.metadata ?? WellKnown.Struct()).merged(with: metadata)
      var violations = Violations()
      _ = violations.metadata(next.metadata, at: "metadata")
      try violations.check()
    }
    if next.serializedBytes() == agent.serializedBytes() { return nil }
    var step = AgentStep(agent: next)
    if isDead {
      step.events = [CoordinationEvent(.agentRecovered, next)]
    } else if next.state != agent.state {
      step.events = [CoordinationEvent(.agentChanged, next)]
    }
    return step
  }
}

extension Agent {
  /// What registering again does not change.
  fileprivate mutating func keep(_ stored: Agent) {
    load = stored.load
    sessions = stored.sessions
    completedTasks = stored.completedTasks
    failedTasks = stored.failedTasks
    meanDuration = stored.meanDuration
    errorRate = stored.errorRate
    createTime = stored.createTime
    version = stored.version
  }
}

extension WellKnown.Struct {
  /// Each key gets its value; one that is null goes.
  fileprivate func merged(with changes: WellKnown.Struct) -> WellKnown.Struct {
    var merged = self
    for (key, value) in changes.fields {
      if case .nullValue = value.kind { merged.fields[key] = nil } else { merged.fields[key] = value }
    }
    return merged
  }
}

extension CoordinationEvent {
  init(_ type: CoordinationEvent.Type_, _ agent: Agent) {
    self.init()
    self.type = type
    self.agent = agent.id
    agentState = agent.state
  }
}
