import CairnAPI
import GRPC
import Requests
import Wire

/// Events that may be appended to a log together, as far as that can be told without the session.
struct LogAppend: Sendable {
  let session: String
  private(set) var events: [SessionEvent]
  /// The last place that the log must have; nil: any.
  let expected: Int64?
  let keepsExpireTime: Bool
  let isPublished: Bool
  /// Whether a refusal says which event it is about.
  let isBatch: Bool

  init(
    to session: String, _ drafts: [EventDraft], expected: Int64? = nil, keepsExpireTime: Bool = false,
    isPublished: Bool = true, isBatch: Bool = false
  ) {
    self.session = session
    events = drafts.map(\.event)
    self.expected = expected
    self.keepsExpireTime = keepsExpireTime
    self.isPublished = isPublished
    self.isBatch = isBatch
  }

  /// The same by an agent: those of its events that name none.
  ///
  /// - Parameter agent: That of the call; nil for none.
  func by(_ agent: String?) -> LogAppend {
    guard let agent else { return self }
    var append = self
    for index in events.indices where events[index].agent.isEmpty { append.events[index].agent = agent }
    return append
  }

  /// Whether it may change more than the log: the session's state, or its checkpoint.
  var changesSession: Bool { events.contains { $0.transition != nil || $0.type == .checkpoint } }

  /// The agents that must take part, each once.
  var members: [String] {
    var known: Set<TextKey> = []
    return events.map(\.agent).filter { !$0.isEmpty && known.add($0) }
  }
}

/// The decision: pure, and the only one. `append_to_log.sql` tells by the same conditions whether it would refuse.
extension LogAppend {
  /// Throws what stands against it first: the session's end, its head, then event by event.
  func step(on stored: StoredSession) throws(RPCError) -> SessionStep {
    try stored.checkOpen()
    let last = stored.session.lastSequence
    if let expected, expected != last { throw .sessionHeadMismatch(session, last: last) }
    let members = Set<TextKey>(of: stored.session.agents)
    var session = stored.session
    var isChanged = false
    var appended: [SessionEvent] = []
    appended.reserveCapacity(events.count)
    for (index, event) in events.enumerated() {
      do throws(RPCError) {
        if !event.agent.isEmpty, !members.contains(event.agent) {
          throw .notAMember(self.session, event.agent)
        }
        let (led, state) = try event.leading(from: session.state, of: self.session)
        if last + Int64(appended.count) >= session.maxEvents {
          throw .sessionFull(self.session, limit: session.maxEvents)
        }
        appended.append(led)
        if state != session.state {
          session.state = state
          isChanged = true
        }
      } catch { throw isBatch ? error.about(event: index) : error }
    }
    let step = SessionStep(
      session: session, action: isChanged ? "transitioned" : nil, events: appended,
      expiry: keepsExpireTime ? .kept : .renewed, isPublished: isPublished)
    guard let mark = events.last(where: { $0.type == .checkpoint }) else {
      return step.markedIfDue(over: stored)
    }
    return step.marked(CheckpointDraft(agent: mark.agent), over: stored)
  }
}

extension SessionEvent {
  /// The event as it is stored, and the state to which it leads from `state`. Throws SESSION_STATE_MISMATCH.
  ///
  /// - Parameter id: The session's.
  func leading(
    from state: SessionState, of id: String
  ) throws(RPCError) -> (event: SessionEvent, state: SessionState) {
    guard let transition else { return (self, state) }
    if transition.fromState != .unspecified, transition.fromState != state {
      throw .sessionStateMismatch(id, state)
    }
    var event = self
    event.transition?.fromState = state
    return (event, transition.toState)
  }
}

extension RPCError {
  /// The error of a batch: which of its events it is about, as `event` of the ErrorInfo and in the message.
  fileprivate func about(event index: Int) -> RPCError {
    var error = adding(["event": "events[\(index)]"])
    error.message = "events[\(index)]: \(message)"
    return error
  }
}
