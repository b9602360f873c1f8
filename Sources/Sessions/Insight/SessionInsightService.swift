import CairnAPI
import GRPC
import Journal
import Requests

/// `cairn.v1.SessionInsightService`.
package struct SessionInsightService: SessionInsightServiceProvider {
  let journal: Journal
  let store: InsightStore

  package func listTransitions(
    _ request: ListTransitionsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListTransitionsResponse {
    let project = try await journal.project(request.project, call)
    let page = try InsightPage(request, in: project.text, key: try await journal.tokenKey())
    let found = try await store.page(page, in: project, call) { $0.transition }
    var response = ListTransitionsResponse()
    (response.transitions, response.nextPageToken) = (found.items, found.next)
    return try await journal.naming(response)
  }

  package func isolateAgent(
    _ request: IsolateAgentRequest, _ call: CallContext
  ) async throws(RPCError) -> IsolateAgentResponse {
    let project = try await journal.project(request.project, call)
    let page = try InsightPage(request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(
      try await store.share(of: request.agent, page, in: request.session, project, call))
  }

  package func analyzeSession(
    _ request: AnalyzeSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> AnalyzeSessionResponse {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    violations.optionalIdentifier(request.agent, at: "agent")
    try violations.check()
    let project = try await journal.project(request.project, call)
    let key = try await journal.tokenKey()
    // As those requests that go on with the pages.
    var transitions = ListTransitionsRequest()
    transitions.session = request.session
    var isolation = IsolateAgentRequest()
    (isolation.session, isolation.agent) = (request.session, request.agent)
    let agent =
      request.agent.isEmpty
      ? nil : (name: request.agent, page: try InsightPage(isolation, in: project.text, key: key))
    return try await journal.naming(
      try await store.analysis(
        of: request.session, transitions: try InsightPage(transitions, in: project.text, key: key),
        agent: agent, in: project, call))
  }

  package func getBriefing(
    _ request: GetBriefingRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionBriefing {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    violations.optionalIdentifier(request.agent, at: "agent")
    try violations.check()
    let scope = try await journal.scope(request.project, call)
    return try await journal.naming(
      try await store.briefing(
        of: request.session, for: scope.agent(named: request.agent), in: scope.project, call))
  }

  package func joinWithBriefing(
    _ request: JoinWithBriefingRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionBriefing {
    let (_, scope) = try await journal.accept(request, call) {
      $1.identifier($0.session, at: "session")
      $1.optionalIdentifier($0.agent, at: "agent")
    }
    let agent = try scope.requiredAgent(named: request.agent)
    let written = try await store.sessions.write(request.session, in: scope) { stored throws(RPCError) in
      try stored.joined(by: agent)
    }
    let briefing =
      scope.effect == .takenBack
      ? try await store.briefing(of: request.session, for: agent, in: scope.project, call)
      : try await store.briefing(at: written.session, for: agent, in: scope.project, call)
    return try await journal.naming(briefing)
  }

  package func listSessionsByEntity(
    _ request: ListSessionsByEntityRequest, _ call: CallContext
  ) async throws(RPCError) -> ListSessionsByEntityResponse {
    let project = try await journal.project(request.project, call)
    let list = try EntitySessionList(
      validating: request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(try await store.sessions(list, in: project))
  }

  package func listEntityAnchors(
    _ request: ListEntityAnchorsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListEntityAnchorsResponse {
    var violations = Violations()
    violations.identifier(request.entity, at: "entity", atMost: Limits.entityLength)
    violations.optionalIdentifier(request.session, at: "session")
    try violations.check()
    let project = try await journal.project(request.project, call)
    // No anchors and no session are different answers.
    if !request.session.isEmpty { _ = try await store.sessions.session(request.session, in: project) }
    return try await journal.naming(
      try await store.anchors(of: request.entity, session: request.session, in: project))
  }

  package func getSessionAggregates(
    _ request: GetSessionAggregatesRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionAggregates {
    try await aggregates(try AggregateRequest(validating: request), in: request.project, call)
  }

  package func getImpactAnalysis(
    _ request: GetImpactAnalysisRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionAggregates {
    try await aggregates(try AggregateRequest(validating: request), in: request.project, call)
  }

  private func aggregates(
    _ request: AggregateRequest, in project: String, _ call: CallContext
  ) async throws(RPCError) -> SessionAggregates {
    let project = try await journal.project(project, call)
    return try await journal.naming(try await store.aggregates(request, in: project))
  }

  package func listTimeline(
    _ request: ListTimelineRequest, _ call: CallContext
  ) async throws(RPCError) -> ListTimelineResponse {
    let project = try await journal.project(request.project, call)
    let page = try InsightPage(request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(try await store.timeline(page, in: project, call))
  }

  package func listSessionImpacts(
    _ request: ListSessionImpactsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListSessionImpactsResponse {
    let project = try await journal.project(request.project, call)
    let list = try ImpactList(validating: request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(try await store.impacts(list, in: project))
  }

  package func listSessionChanges(
    _ request: ListSessionChangesRequest, _ call: CallContext
  ) async throws(RPCError) -> ListSessionChangesResponse {
    let project = try await journal.project(request.project, call)
    let page = try InsightPage(request, in: project.text, key: try await journal.tokenKey())
    let found = try await store.page(page, in: project, call) { $0.change }
    var response = ListSessionChangesResponse()
    (response.changes, response.nextPageToken) = (found.items, found.next)
    return try await journal.naming(response)
  }
}

extension JoinWithBriefingRequest: WriteRequest {}

extension ListTransitionsResponse: JournalAnswer {}
extension IsolateAgentResponse: JournalAnswer {}
extension AnalyzeSessionResponse: JournalAnswer {}
extension SessionBriefing: JournalAnswer {}
extension ListSessionsByEntityResponse: JournalAnswer {}
extension ListEntityAnchorsResponse: JournalAnswer {}
extension SessionAggregates: JournalAnswer {}
extension ListTimelineResponse: JournalAnswer {}
extension ListSessionImpactsResponse: JournalAnswer {}
extension ListSessionChangesResponse: JournalAnswer {}
