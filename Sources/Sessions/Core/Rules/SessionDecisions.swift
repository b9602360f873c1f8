import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What becomes of a session that is there: joined, left, ended, given another `ttl`, deleted. Pure.
extension StoredSession {
  /// Nil when the agent takes part already.
  func joined(by agent: String) throws(RPCError) -> SessionStep? {
    try checkOpen()
    if session.place(of: agent) != nil { return nil }
    if session.agents.count >= Limits.agentCount { throw .tooManyAgents(session.id) }
    var session = session
    session.agents = (session.agents + [agent]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return SessionStep(
      session: session, action: "joined", events: [.handoff(.joined, agent)], expiry: .renewed)
  }

  func left(by agent: String, because reason: String) throws(RPCError) -> SessionStep {
    try checkOpen()
    try checkMember(agent)
    var session = session
    session.agents.removeAll { $0.hasSameBytes(as: agent) }
    let event = SessionEvent.handoff(.left, agent, because: reason)
    let expiry: SessionStep.Expiry = session.agents.isEmpty ? .grace : .renewed
    return SessionStep(session: session, action: "left", events: [event], expiry: expiry)
  }

  /// - Parameters:
  ///   - outcome: What it came to.
  ///   - agent: Who ends it; empty for nobody in particular.
  func ended(
    _ outcome: SessionOutcome, by agent: String, etag: String
  ) throws(RPCError) -> SessionStep {
    try checkOpen()
    try check(etag: etag)
    try checkMember(agent)
    return ended(outcome, by: agent, action: "ended")
  }

  /// Nil unless it has expired and is not ended or deleted.
  func expired() -> SessionStep? {
    guard session.deleteTime == nil, session.state != .completed, let time = session.expireTime,
      PostgresTimestamp(time) <= now
    else { return nil }
    return ended(.expired, by: "", action: "expired")
  }

  private func ended(_ outcome: SessionOutcome, by agent: String, action: String) -> SessionStep {
    var session = session
    session.state = .completed
    session.outcome = outcome
    session.endTime = .ofTheWrite
    var event = SessionEvent()
    event.type = .end
    event.agent = agent
    event.outcome = outcome
    return SessionStep(session: session, action: action, events: [event], expiry: .kept)
  }

  func given(_ ttl: SessionTTL) throws(RPCError) -> SessionStep {
    try checkOpen()
    var session = session
    session.ttl = ttl.duration
    return SessionStep(session: session, action: "updated", expiry: .renewed)
  }

  func deleted(etag: String) throws(RPCError) -> SessionStep {
    try checkThere()
    try check(etag: etag)
    var session = session
    session.deleteTime = .ofTheWrite
    return SessionStep(session: session, action: "deleted", expiry: .kept)
  }
}

extension SessionEvent {
  static func handoff(
    _ kind: EventHandoff.Kind, _ agent: String, because reason: String = ""
  ) -> SessionEvent {
    var event = SessionEvent()
    event.type = .handoff
    event.agent = agent
    var handoff = EventHandoff()
    handoff.kind = kind
    handoff.agent = agent
    handoff.reason = reason
    event.handoff = handoff
    return event
  }
}
