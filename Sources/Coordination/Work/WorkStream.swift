import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import StandardProtos
import Synchronization
import Wire

/// One Work stream: what an agent says is done, and what it is given is sent, in turns. Confined to its call's loop.
///
/// What the agent holds is what the database says: when somebody rings, and now and then, the stream looks whether there is
/// more, which is sent, or less than it knows of, which is cancelled. So it does not matter which server gave a task out, nor
/// who took it back. It keeps of each task its id and its epoch.
final class WorkStream {
  private let service: AgentService
  private let scope: CallScope
  private let agent: AgentID
  /// The positions at which the agent began anew, and of this stream's hello.
  private let incarnation, stream: Int64
  private let responses: ResponseWriter<WorkResponse>
  private let presence: WorkWatch.Presence
  private let inbox: Inbox<WorkRequest>
  private let call: CallContext

  /// What the agent knows that it holds.
  private var known: [TextKey: Int64] = [:]
  /// The last assignment that was sent.
  private var last: TakingBack.Held
  /// When it was asked for a sign of life, of the last ping.
  private var asked: WellKnown.Timestamp?
  private var checkpoint: Int64
  /// When the stream ends because the server stops.
  private var end: Instant?
  private var nextLook = Instant.now
  private var lastLook = Instant(nanoseconds: 0)
  /// All that was given up to this epoch was sent.
  private var complete: Int64

  /// How long a stream whose agent says one thing after the other does not look.
  private static let longestBusy = Duration.milliseconds(50)
  /// How long what is said is done when the server stops.
  private static let grace = Duration.seconds(2)

  init(
    _ service: AgentService, _ agent: AgentID, in scope: CallScope, incarnation: Int64, stream: Int64,
    _ presence: WorkWatch.Presence, _ inbox: Inbox<WorkRequest>, _ responses: ResponseWriter<WorkResponse>,
    _ call: CallContext
  ) {
    self.service = service
    self.agent = agent
    self.scope = scope
    self.incarnation = incarnation
    self.stream = stream
    self.presence = presence
    self.inbox = inbox
    self.responses = responses
    self.call = call
    last = TakingBack.Held(task: "", epoch: incarnation)
    checkpoint = stream
    complete = incarnation
  }

  /// Until the agent has said its last, or the stream is over.
  func run(_ wake: Wake) async throws(RPCError) {
    while true {
      let requests = try inbox.take()
      for run in WorkRuns(requests).runs { try await perform(run) }
      inbox.finish()
      if requests.isEmpty, inbox.isEnded { return }
      if service.journal.isDraining {
        try await drain()
      } else if requests.isEmpty || Instant.now - lastLook >= Self.longestBusy {
        try await look()
      }
      if inbox.isEmpty { await wake.wait(atMost: (end ?? nextLook) - .now) }
    }
  }

  private func send(_ message: WorkResponse.Message_) async throws(RPCError) {
    var response = WorkResponse()
    response.message = message
    try await responses.write(response)
  }

  private func drain() async throws(RPCError) {
    guard let end else {
      end = .now + Self.grace
      return try await send(.drain(WorkDrain()))
    }
    if end <= .now {
      throw RPCError(.unavailable, .shuttingDown, "the server is stopping: go on with another one")
    }
  }

  // MARK: What the agent says

  private func perform(_ run: [WorkRequest]) async throws(RPCError) {
    // Streams last: the project may have been deleted.
    try await service.journal.require(scope.project, on: call.loop)
    if run[0].subject != nil { return try await act(run) }
    var acknowledgement = WorkAcknowledgement()
    do throws(RPCError) {
      acknowledgement.position = try await say(run[0])
    } catch {
      acknowledgement.outcome = TaskOutcome(error)
    }
    if run[0].sequence != 0 { try await acknowledge(acknowledgement, run[0]) }
  }

  /// What is about no task.
  private func say(_ request: WorkRequest) async throws(RPCError) -> Int64 {
    var violations = Violations()
    switch request.message {
    case .heartbeat(let beat):
      var heartbeat = HeartbeatRequest()
      (heartbeat.state, heartbeat.metadata) = (beat.state, beat.metadata)
      let draft = try HeartbeatDraft(validating: heartbeat, of: agent.agent.text)
      if draft.state == .unspecified, draft.metadata == nil { return 0 }
      return try await service.agents.write(agent.agent.text, in: scope) {
        [id = agent.agent.text] stored throws(RPCError) in
        guard let stored else { throw .agentNotFound(id) }
        return try stored.heard(saying: draft.state, draft.metadata)
      }.stamp?.position ?? 0
    case .ready(let ready):
      violations.slots(ready.slots, at: "ready.slots")
      try violations.check()
      return try await service.agents.write(agent.agent.text, in: scope) {
        [id = agent.agent.text] stored throws(RPCError) in
        guard let stored else { throw .agentNotFound(id) }
        return stored.ready(for: ready.slots)
      }.stamp?.position ?? 0
    case .hello: violations.add("must be the first message, and no other", at: "hello")
    default: violations.add("must be set", at: "message")
    }
    throw violations.error()!
  }

  /// What is about tasks, in one write.
  private func act(_ run: [WorkRequest]) async throws(RPCError) {
    let outcomes: TaskResults
    do throws(RPCError) {
      outcomes = try await service.work.tasks.perform(run, in: scope, call)
    } catch {
      outcomes = TaskResults(run.map { _ in .failure(error) }, nil, scope)
    }
    for ((request, result), outcome) in zip(zip(run, outcomes.results), outcomes.outcomes) {
      if case .success = result, let subject = request.subject, subject.ends { known[subject.task] = nil }
      var acknowledgement = WorkAcknowledgement()
      acknowledgement.outcome = outcome
      if case .success = result { acknowledgement.position = outcomes.position }
      try await acknowledge(acknowledgement, request)
    }
  }

  private func acknowledge(
    _ acknowledgement: WorkAcknowledgement, _ request: WorkRequest
  ) async throws(RPCError) {
    var acknowledgement = acknowledgement
    acknowledgement.sequence = request.sequence
    try await send(.acknowledgement(acknowledgement))
  }

  // MARK: What the agent is told

  /// Sends what is new, and cancels what is gone.
  private func look() async throws(RPCError) {
    lastLook = .now
    let isDue = lastLook >= nextLook
    if isDue { nextLook = lastLook + AgentService.lookInterval }
    if isDue { try await service.journal.require(scope.project, on: call.loop) }
    let settled = service.journal.status.settled
    guard let look = try await service.work.look(at: agent) else { throw .agentNotFound(agent.agent.text) }
    guard look.stream == stream else { throw .streamReplaced(agent.agent.text) }
    while look.epoch > complete {
      let (tasks, isAll) = try await service.work.assigned(to: agent, after: last, call)
      for task in tasks { try await assign(task) }
      if isAll { complete = max(look.epoch, last.epoch) }
    }
    if known.count != Int(look.load) { try await cancel() }
    if let time = look.askedTime.map({ WellKnown.Timestamp($0) }), time != asked {
      asked = time
      var ping = WorkPing()
      ping.lastHeartbeatTime = look.beatTime.map { WellKnown.Timestamp($0) }
      try await send(.ping(ping))
    }
    if isDue, settled > checkpoint {
      checkpoint = settled
      var message = WorkCheckpoint()
      message.position = settled
      try await send(.checkpoint(message))
    }
  }

  private func assign(_ task: CairnTask) async throws(RPCError) {
    guard let lease = task.lease else { return }
    last = TakingBack.Held(task: task.id, epoch: lease.epoch)
    known[TextKey(task.id)] = lease.epoch
    presence.seen.store(lease.epoch, ordering: .relaxed)
    var assignment = WorkAssignment()
    assignment.resumed = lease.epoch < stream
    assignment.task = task
    try await send(.assignment(assignment))
  }

  private func cancel() async throws(RPCError) {
    let held = try await service.work.held(by: agent, since: incarnation)
    let lost = known.map { TakingBack.Held(task: $0.key.text, epoch: $0.value) }.filter { !held.contains($0) }
    for part in stride(from: 0, to: lost.count, by: 100).map({ Array(lost[$0..<min($0 + 100, lost.count)]) })
    {
      for each in part { known[TextKey(each.task)] = nil }
      for cancel in try await service.work.cancels(of: part, in: scope.project) {
        try await send(.cancel(cancel))
      }
    }
  }
}

extension TaskOutcome {
  fileprivate init(_ error: RPCError) {
    self.init()
    outcome = .error(GoogleRpcStatus(error))
  }
}

extension RPCError {
  fileprivate static func streamReplaced(_ agent: String) -> RPCError {
    RPCError(
      .aborted, .streamReplaced, about: .agent(agent),
      "another stream of agent \(agent.quoted) took this one's place: leave its tasks to that one")
  }
}
