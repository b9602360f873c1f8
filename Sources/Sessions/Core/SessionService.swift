import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

/// `cairn.v1.SessionService`.
package struct SessionService: SessionServiceProvider {
  let journal: Journal
  let store: SessionStore
  let log: LogStore
  let checkpoints: CheckpointStore
  let forks: ForkStore
  let purges: PurgeStore
  let blocking: BlockingPool

  private var configuration: SessionConfiguration { store.configuration }

  package func createSession(
    _ request: CreateSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let configuration = configuration
    var draft = try await blocking.work(on: request.session?.readBytes ?? 0, for: call) {
      _ throws(RPCError) in
      var violations = Violations()
      let draft = SessionDraft(validating: request, configuration, &violations)
      violations.requestID(request.requestId)
      try violations.check()
      return draft
    }
    let scope = try await journal.scope(of: request, call)
    draft.begin(by: scope.agent)
    return try await store.create(draft, in: scope)
  }

  package func getSession(
    _ request: GetSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    let wanted = violations.asOf(request.asOf, at: "as_of")
    let count = violations.limit(
      request.recentEvents, at: "recent_events", orElse: 0, atMost: Limits.largestPageSize)
    if wanted != nil, count > 0 { violations.add("has no meaning with as_of", at: "recent_events") }
    try violations.check()
    let project = try await journal.project(request.project, call)
    var session = try await journal.reading(wanted, in: project, call) { moment throws(RPCError) in
      try await store.session(
        request.id, at: moment?.position, showDeleted: request.showDeleted, in: project
      ).session
    }
    if count > 0 { session.recentEvents = try await log.recent(session, count: count, in: project, call) }
    return session
  }

  package func listSessions(
    _ request: ListSessionsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListSessionsResponse {
    let project = try await journal.project(request.project, call)
    let list = try SessionList(
      validating: request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(try await store.list(list, in: project))
  }

  package func updateSession(
    _ request: UpdateSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let configuration = configuration
    let update = try await blocking.work(on: request.session?.readBytes ?? 0, for: call) {
      _ throws(RPCError) in
      var violations = Violations()
      let update = SessionUpdate(validating: request, configuration, &violations)
      violations.requestID(request.requestId)
      try violations.check()
      return update
    }
    let scope = try await journal.scope(of: request, call)
    return try await store.write(update.id, in: scope) { stored throws(RPCError) in
      try update.decide(stored)
    }.session
  }

  package func joinSession(
    _ request: JoinSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let (_, scope) = try await journal.accept(request, call) {
      $1.identifier($0.id, at: "id")
      $1.optionalIdentifier($0.agent, at: "agent")
    }
    let agent = try scope.requiredAgent(named: request.agent)
    return try await store.write(request.id, in: scope) { stored throws(RPCError) in
      try stored.joined(by: agent)
    }.session
  }

  package func leaveSession(
    _ request: LeaveSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let (_, scope) = try await journal.accept(request, call) {
      $1.identifier($0.id, at: "id")
      $1.optionalIdentifier($0.agent, at: "agent")
      $1.text($0.reason, at: "reason", atMost: Limits.remarkLength)
    }
    let agent = try scope.requiredAgent(named: request.agent)
    return try await store.write(request.id, in: scope) { stored throws(RPCError) in
      try stored.left(by: agent, because: request.reason)
    }.session
  }

  package func endSession(
    _ request: EndSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let (outcome, scope) = try await journal.accept(request, call) {
      $1.identifier($0.id, at: "id")
      $1.optionalIdentifier($0.agent, at: "agent")
      return $1.outcome($0.outcome, at: "outcome")
    }
    return try await store.write(request.id, in: scope) { stored throws(RPCError) in
      try stored.ended(outcome, by: scope.agent(named: request.agent), etag: request.etag)
    }.session
  }

  package func setSessionTtl(
    _ request: SetSessionTtlRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let (ttl, scope) = try await journal.accept(request, call) { request, violations in
      violations.identifier(request.id, at: "id")
      if request.ttl == nil { violations.add("must be set", at: "ttl") }
      return violations.ttl(request.ttl ?? WellKnown.Duration(), at: "ttl")
    }
    return try await store.write(request.id, in: scope) { stored throws(RPCError) in
      try stored.given(ttl)
    }.session
  }

  package func deleteSession(
    _ request: DeleteSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    do throws(RPCError) {
      return try await store.write(request.id, in: scope) { stored throws(RPCError) in
        if request.allowMissing, stored.session.deleteTime != nil { return nil }
        return try stored.deleted(etag: request.etag)
      }.session
    } catch {
      guard request.allowMissing, error.reason == .sessionNotFound else { throw error }
      var nothing = Session()
      nothing.id = request.id
      return nothing
    }
  }

  package func watchSessions(
    _ request: WatchSessionsRequest, _ responses: ResponseWriter<WatchSessionsResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try ResourceWatch(of: "session", validating: request)
    try await journal.watch(
      watch.start, of: request.project, matching: watch.matches, showing: store.changed, responses, call)
  }
}
