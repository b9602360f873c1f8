import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

extension AgentService {
  package func heartbeat(
    _ request: HeartbeatRequest, _ call: CallContext
  ) async throws(RPCError) -> HeartbeatResponse {
    let scope = try await journal.scope(request.project, call)
    return try await beat(try HeartbeatDraft(validating: request, of: scope.agent ?? ""), in: scope)
  }

  package func heartbeats(
    _ requests: RequestStream<HeartbeatRequest>, _ responses: ResponseWriter<HeartbeatResponse>,
    _ call: CallContext
  ) async throws(RPCError) {
    guard let first = try await requests.next() else { return }
    let scope = try await journal.scope(first.project, call)
    let draft = try HeartbeatDraft(validating: first, of: scope.agent ?? "")
    try await responses.write(try await beat(draft, in: scope))
    let inbox = Inbox<HeartbeatRequest>(holding: 1)
    try await call.listening({ await inbox.read(requests) }) { () async throws(RPCError) in
      defer { inbox.close() }
      let topic = WakeTopic.agent(scope.project, TextKey(draft.agent))
      try await store.wakes.waiting(for: topic, on: call.loop) { wake async throws(RPCError) in
        inbox.ring = { wake.ring() }
        defer { inbox.ring = {} }
        try await answer(inbox, of: draft.agent, in: scope, responses, wake, call)
      }
    }
  }

  /// Answers heartbeats, and says what there is to say without one, until the client has said its last.
  private func answer(
    _ inbox: Inbox<HeartbeatRequest>, of agent: String, in scope: CallScope,
    _ responses: ResponseWriter<HeartbeatResponse>, _ wake: Wake, _ call: CallContext
  ) async throws(RPCError) {
    var asked: WellKnown.Timestamp?
    while true {
      if journal.isDraining {
        throw RPCError(.unavailable, .shuttingDown, "the server is stopping; beat on another one")
      }
      let taken = try inbox.take()
      for request in taken {
        // Streams last: the project may have been deleted.
        try await journal.require(scope.project, on: call.loop)
        let draft = try HeartbeatDraft(validating: request, of: agent)
        guard draft.agent.hasSameBytes(as: agent) else { throw .otherAgent(than: agent) }
        try await responses.write(try await beat(draft, in: scope))
      }
      inbox.finish()
      if inbox.isEnded { return }
      if taken.isEmpty, let ping = try await ping(agent, in: scope.project, unlessAt: &asked) {
        try await responses.write(ping)
      }
      if inbox.isEmpty { await wake.wait(atMost: AgentService.lookInterval) }
    }
  }

  /// How often a stream looks at its agent when nobody rings.
  static var lookInterval: Duration { .seconds(15) }

  private func ping(
    _ agent: String, in project: ProjectID, unlessAt asked: inout WellKnown.Timestamp?
  ) async throws(RPCError) -> HeartbeatResponse? {
    guard let stored = try await agents.look(at: agent, in: project) else { throw .agentNotFound(agent) }
    guard let time = stored.askedTime.map({ WellKnown.Timestamp($0) }), time != asked else { return nil }
    asked = time
    var response = HeartbeatResponse()
    response.time = stored.agent.lastHeartbeatTime
    response.state = stored.shown.state
    response.load = stored.agent.load
    response.ping = true
    return response
  }

  /// Notes a heartbeat, and what the agent says of itself with it.
  private func beat(
    _ draft: HeartbeatDraft, in scope: CallScope
  ) async throws(RPCError) -> HeartbeatResponse {
    guard let heard = try await store.beats.beat(AgentID(scope.project, draft.agent)) else {
      throw .agentNotFound(draft.agent)
    }
    var response = HeartbeatResponse()
    response.time = WellKnown.Timestamp(heard.time)
    response.silenceLimit = WellKnown.Duration(microseconds: heard.silenceLimit)
    response.load = heard.load
    guard draft.saysMore(than: heard) else {
      response.state = heard.shownState
      return response
    }
    let written = try await agents.write(
      draft.agent, dispatches: heard.state == .dead || draft.state != .unspecified, in: scope
    ) { stored throws(RPCError) in
      guard let stored else { throw .agentNotFound(draft.agent) }
      return try stored.heard(saying: draft.state, draft.metadata)
    }
    response.state = written.agent.state
    response.load = written.agent.load
    response.recovered = heard.state == .dead
    return response
  }
}

extension BeatHeard {
  /// What the agent does, as others see it.
  fileprivate var shownState: AgentState {
    (state == .active || state == .idle) && load >= maxLoad ? .busy : state
  }
}

extension RPCError {
  fileprivate static func otherAgent(than agent: String) -> RPCError {
    var violations = Violations()
    violations.add("must be \(agent.quoted), of which the stream is", at: "agent")
    return violations.error()!
  }
}
