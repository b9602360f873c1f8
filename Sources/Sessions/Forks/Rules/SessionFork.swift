import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A fork that may be made, as far as that can be told without its origin.
struct SessionFork: Sendable {
  /// Where the two part.
  enum Point: Sendable, Equatable {
    /// After the last event, with the values that the origin has now.
    case head
    case sequence(Int64)
    case checkpoint(String)
  }

  let origin: String
  let point: Point
  /// The client's own id; empty when the server is to make one.
  let id: String
  /// Values that the fork has of its own.
  private let own: Session
  private let ttl: SessionTTL?
  /// An agent that takes part in it, too; empty for none.
  private(set) var agent: String

  init(validating request: ForkSessionRequest, _ violations: inout Violations) {
    violations.identifier(request.session, at: "session")
    switch request.point {
    case nil: point = .head
    case .sequence(let sequence)?:
      if sequence < 1 { violations.add("must be 1 or more", at: "sequence") }
      point = .sequence(sequence)
    case .checkpoint(let id)?:
      violations.identifier(id, at: "checkpoint")
      point = .checkpoint(id)
    }
    let own = request.fork ?? Session()
    if !own.id.isEmpty { violations.sessionID(own.id, at: "fork.id") }
    violations.text(own.title, at: "fork.title", atMost: Limits.titleLength)
    violations.optionalIdentifier(own.owner, at: "fork.owner")
    _ = violations.metadata(own.metadata, at: "fork.metadata")
    ttl = own.ttl.map { violations.ttl($0, at: "fork.ttl") }
    violations.maxEvents(own.maxEvents, at: "fork.max_events")
    violations.checkpointInterval(own.checkpointInterval, at: "fork.checkpoint_interval")
    violations.optionalIdentifier(request.agent, at: "agent")
    (origin, id, self.own, agent) = (request.session, own.id, own, request.agent)
  }

  /// Names who takes part, unless the request does.
  ///
  /// - Parameter agent: That of the call; nil for none.
  mutating func begin(with agent: String?) {
    if let agent, self.agent.isEmpty { self.agent = agent }
  }
}

/// What is known of the place in a log where a fork begins.
struct ForkPlace: Sendable {
  /// The session whose event it is, with the values that it had after it; nil where the event is no longer kept.
  var values: Session?
  /// The state to which the events of one write had led by then; nil where none of them changed it.
  var ledTo: SessionState?
  /// The first event that is kept.
  var oldest: Int64 = 1
  /// Of how many sessions the shared events are.
  var sessions = 0
  /// Whether there is, or was, a session with the fork's id.
  var isTaken = false
}

extension SessionFork {
  /// The decision: the fork as it will be, but for its id and what the write gives it. Pure.
  ///
  /// Throws SESSION_DELETED, SESSION_EXISTS, POSITION_IN_FUTURE, POSITION_PRUNED, FORK_TOO_DEEP and SESSION_FULL.
  ///
  /// - Parameters:
  ///   - sequence: The last event that both have; nil: the last one there is, and the values of now.
  ///   - id: The fork's.
  func session(
    of stored: StoredSession, at sequence: Int64?, _ place: ForkPlace, id: String
  ) throws(RPCError) -> Session {
    try stored.checkThere()
    if place.isTaken { throw .sessionExists(id) }
    let last = stored.session.lastSequence
    var base = stored.session
    if let sequence {
      if sequence > last { throw .eventInFuture(sequence, of: origin, last: last) }
      guard let values = place.values else { throw .eventPruned(sequence, of: origin, oldest: place.oldest) }
      base = values
      if let state = place.ledTo { base.state = state }
    } else if base.state == .completed, let state = place.values?.state {
      base.state = state
    }
    if place.sessions > Limits.forkDepth { throw .forkTooDeep(origin) }
    return try fork(of: base, at: sequence ?? last)
  }

  /// A session with the values of another one, and its own.
  private func fork(of base: Session, at sequence: Int64) throws(RPCError) -> Session {
    var fork = Session()
    fork.title = own.title.isEmpty ? base.title : own.title
    fork.owner = own.owner.isEmpty ? base.owner : own.owner
    // What led to an end is not known any more: it begins as every session does.
    fork.state = base.state == .completed ? .working : base.state
    fork.agents = base.agents
    if !agent.isEmpty, base.place(of: agent) == nil {
      if base.agents.count >= Limits.agentCount { throw .tooManyAgents(origin) }
      fork.agents = (base.agents + [agent]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    fork.entities = base.entities
    fork.metadata = own.metadata ?? base.metadata
    fork.ttl = ttl.map(\.duration) ?? base.ttl
    fork.maxEvents = own.maxEvents == 0 ? base.maxEvents : own.maxEvents
    fork.checkpointInterval = own.checkpointInterval == 0 ? base.checkpointInterval : own.checkpointInterval
    fork.checkpoint = base.checkpoint
    fork.parent = origin
    fork.forkSequence = sequence
    fork.lastSequence = sequence
    return fork
  }
}

extension ForkSessionRequest: WriteRequest {}
