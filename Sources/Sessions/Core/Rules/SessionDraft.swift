import CairnAPI
import Requests
import Wire

/// A session that may be begun.
struct SessionDraft {
  /// The client's own id; empty when the server is to make one.
  let id: String
  /// As it will be, but for what the write gives it.
  private(set) var session: Session
  /// The metadata as JSON text; nil when there is none.
  let metadata: String?

  init(
    validating request: CreateSessionRequest, _ configuration: SessionConfiguration,
    _ violations: inout Violations
  ) {
    guard let given = request.session else {
      violations.add("must be set", at: "session")
      (id, session, metadata) = ("", Session(), nil)
      return
    }
    if !given.id.isEmpty { violations.sessionID(given.id, at: "session.id") }
    violations.text(given.title, at: "session.title", atMost: Limits.titleLength)
    violations.optionalIdentifier(given.owner, at: "session.owner")
    violations.entities(given.entities, at: "session.entities")
    metadata = violations.metadata(given.metadata, at: "session.metadata")
    let ttl =
      given.ttl.map { violations.ttl($0, at: "session.ttl") } ?? SessionTTL(configuration.ttl)
    violations.maxEvents(given.maxEvents, at: "session.max_events")
    violations.checkpointInterval(given.checkpointInterval, at: "session.checkpoint_interval")
    violations.optionalIdentifier(given.parent, at: "session.parent")
    violations.optionalIdentifier(request.agent, at: "agent")
    id = given.id
    var session = Session()
    session.title = given.title
    session.owner = given.owner
    session.state = .working
    session.agents = request.agent.isEmpty ? [] : [request.agent]
    session.entities = given.entities
    session.metadata = given.metadata
    session.ttl = ttl.duration
    session.maxEvents = given.maxEvents == 0 ? configuration.maxEvents : given.maxEvents
    session.checkpointInterval = given.checkpointInterval
    session.parent = given.parent
    self.session = session
  }

  /// Names who begins it, unless the request does.
  ///
  /// - Parameter agent: That of the call; nil for none.
  mutating func begin(by agent: String?) {
    if let agent, session.agents.isEmpty { session.agents = [agent] }
  }

  /// The first event of its log; nil when it begins with no entities.
  var start: SessionEvent? {
    if session.entities.isEmpty { return nil }
    var event = SessionEvent()
    event.type = .start
    event.agent = session.agents.first ?? ""
    var change = EventChange()
    change.operation = .initial
    change.entities = session.entities
    event.change = change
    return event
  }
}

extension Violations {
  /// The id of a session: an identifier, and not what stands for all of them.
  mutating func sessionID(_ id: String, at field: String) {
    if id == "-" { return add("must not be `-`, which stands for all sessions", at: field) }
    identifier(id, at: field)
  }

  /// Different entities of bounded number and length.
  mutating func entities(_ entities: [String], at field: String) {
    var known: Set<TextKey> = []
    self.entries(entities, at: field, atMost: Limits.entityCount) { violations, path, entity in
      violations.identifier(entity, at: path, atMost: Limits.entityLength)
      if !known.insert(TextKey(entity)).inserted { violations.add("is there twice", at: path) }
    }
  }

  /// 0 stands for the server's setting.
  mutating func maxEvents(_ count: Int64, at field: String) {
    if !(0...Limits.largestMaxEvents).contains(count) {
      add("must be between 0 and \(Limits.largestMaxEvents)", at: field)
    }
  }

  /// 0 for never.
  mutating func checkpointInterval(_ count: Int32, at field: String) {
    if !(0...Limits.largestCheckpointInterval).contains(count) {
      add("must be between 0 and \(Limits.largestCheckpointInterval)", at: field)
    }
  }
}
