import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

extension AgentService {
  /// How long a stream may be silent before its hello.
  private static let helloLimit = Duration.seconds(10)
  /// Messages that wait for the write under way.
  private static let heldMessages = 100

  package func work(
    _ requests: RequestStream<WorkRequest>, _ responses: ResponseWriter<WorkResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let inbox = Inbox<WorkRequest>(holding: Self.heldMessages)
    let bell = Bell(loop: call.loop)
    inbox.ring = { bell.ring() }
    let heart = StreamHeart(store.beats)
    try await call.listening({ await inbox.read(requests) { heart.hears($0) } }) {
      () async throws(RPCError) in
      defer { inbox.close() }
      if inbox.isEmpty { await bell.wait(atMost: Self.helloLimit) }
      var first = try inbox.take()
      let (opening, scope, seal) = try await opening(first.first, call)
      first = Array(first.dropFirst())
      let id = opening.draft.agent.id
      let agent = AgentID(scope.project, id)
      try await store.wakes.waiting(for: .agent(scope.project, agent.agent), on: call.loop) {
        wake async throws(RPCError) in
        inbox.ring = { wake.ring() }
        let presence = store.workWatch.enter(agent)
        defer {
          inbox.ring = {}
          store.workWatch.leave(agent, presence)
        }
        let welcome = try await open(opening, agent, in: scope, seal)
        heart.beats(for: agent, every: welcome.silence)
        var response = WorkResponse()
        response.message = .welcome(try await journal.naming(welcome.message))
        try await responses.write(response)
        inbox.putBack(first)
        let stream = WorkStream(
          self, agent, in: scope, incarnation: welcome.incarnation, stream: welcome.message.position,
          presence,
          inbox, responses, call)
        try await stream.run(wake)
      }
    }
  }

  private func opening(
    _ first: WorkRequest?, _ call: CallContext
  ) async throws(RPCError) -> (WorkOpening, CallScope, PageSeal) {
    var project = ""
    if case .hello(let hello)? = first?.message { project = hello.project }
    var scope = try await journal.scope(project, call)
    let seal = WorkOpening.seal(in: scope.project, try await journal.tokenKey())
    let opening = try WorkOpening(validating: first, by: scope.agent, seal)
    scope.agent = opening.draft.agent.id
    return (opening, scope, seal)
  }

  /// Registers the agent, and has it begin anew unless it goes on.
  private func open(
    _ opening: WorkOpening, _ agent: AgentID, in scope: CallScope, _ seal: PageSeal
  ) async throws(RPCError) -> (message: WorkWelcome, incarnation: Int64, silence: Duration) {
    let written = try await agents.write(agent.agent.text, in: scope) { stored throws(RPCError) in
      try opening.opened(over: stored)
    }
    var message = WorkWelcome()
    message.agent = written.agent
    message.position = written.stamp?.position ?? 0
    message.resumed = written.step.map { !$0.begins } ?? false
    let incarnation = message.resumed ? opening.incarnation ?? message.position : message.position
    if !message.resumed {
      try await DeathStore(store: store).release(
        agent, before: incarnation, because: DeathStore.anew, in: scope)
    }
    guard let heard = try await store.beats.beat(agent) else { throw .agentNotFound(agent.agent.text) }
    let policy = try await agents.policy(in: scope.project)
    message.resumeToken = WorkOpening.token(of: agent.agent.text, incarnation, seal)
    message.heartbeatInterval = policy.heartbeatInterval
    message.silenceLimit = WellKnown.Duration(microseconds: heard.silenceLimit)
    return (message, incarnation, .microseconds(heard.silenceLimit))
  }
}

extension WorkWelcome: JournalAnswer {}

/// Notes each message of a stream as a heartbeat. Confined to the stream's loop.
final class StreamHeart {
  private let beats: Beats
  /// Nil before the hello.
  private var agent: AgentID?
  /// How much later than it came a heartbeat is written, at most.
  private var delay = Duration.seconds(1)
  private var noted = Instant(nanoseconds: 0)

  init(_ beats: Beats) { self.beats = beats }

  /// - Parameter silence: After how long a silence the agent is dead.
  func beats(for agent: AgentID, every silence: Duration) {
    self.agent = agent
    delay = min(.seconds(1), silence / 10)
  }

  /// Whether a message says more than that the agent lives.
  func hears(_ request: WorkRequest) -> Bool {
    let now = Instant.now
    // One that is written soon stands for those that come before.
    if let agent, now - noted >= delay {
      noted = now
      beats.note(agent, within: delay)
    }
    guard case .heartbeat(let beat) = request.message, agent != nil else { return true }
    return request.sequence != 0 || beat.state != .unspecified || beat.metadata != nil
  }
}
