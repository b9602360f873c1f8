import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// `cairn.v1.SessionAnalyticsService`.
package struct SessionAnalyticsService: SessionAnalyticsServiceProvider {
  let journal: Journal
  let store: AnalyticsStore

  package func getSessionSummary(
    _ request: GetSessionSummaryRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionSummary {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    try violations.check()
    let project = try await journal.project(request.project, call)
    return try await journal.naming(try await store.summary(of: request.session, in: project, call))
  }

  package func getSessionStats(
    _ request: GetSessionStatsRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionStats {
    var violations = Violations()
    let parts = violations.statsParts(request.parts, at: "parts")
    try violations.check()
    let project = try await journal.project(request.project, call)
    return try await journal.naming(try await store.stats(parts, of: project, call))
  }

  package func getAgentFigures(
    _ request: GetAgentFiguresRequest, _ call: CallContext
  ) async throws(RPCError) -> AgentFigures {
    var violations = Violations()
    violations.identifier(request.agent, at: "agent")
    try violations.check()
    let project = try await journal.project(request.project, call)
    return try await journal.naming(try await store.figures(of: request.agent, in: project, call))
  }

  package func listAgentFigures(
    _ request: ListAgentFiguresRequest, _ call: CallContext
  ) async throws(RPCError) -> ListAgentFiguresResponse {
    let page = try await journal.page(of: request, call)
    return try await journal.naming(try await store.list(page, call))
  }

  package func adjustAgentFigures(
    _ request: AdjustAgentFiguresRequest, _ call: CallContext
  ) async throws(RPCError) -> AdjustAgentFiguresResponse {
    let (adjustment, scope) = try await journal.accept(request, call) {
      AgentAdjustment(validating: $0, &$1)
    }
    return try await store.adjust(
      try scope.requiredAgent(named: request.agent), by: adjustment, in: scope)
  }

  package func getSessionTrends(
    _ request: GetSessionTrendsRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionTrends {
    var violations = Violations()
    if request.window.seconds == nil { violations.unknown("window", number: request.window.rawValue) }
    try violations.check()
    let project = try await journal.project(request.project, call)
    return try await journal.naming(
      try await store.trends(over: request.window.seconds ?? 0, in: project, call))
  }

  package func purgeSessionFigures(
    _ request: PurgeSessionFiguresRequest, _ call: CallContext
  ) async throws(RPCError) -> PurgeSessionFiguresResponse {
    var violations = Violations()
    let age = violations.ttl(request.olderThan ?? WellKnown.Duration(), at: "older_than").microseconds
    if age == nil, violations.isEmpty { violations.add("must be a second or more", at: "older_than") }
    try violations.check()
    let project = try await journal.scope(request.project, call).project
    // What is old already goes, too, where it is added only now.
    let now = try await store.rollups.caughtUp(project, call).now
    let before = PostgresTimestamp(microseconds: now.microseconds - (age ?? 0))
    if request.validateOnly { return try await store.countOld(before: before, in: project) }
    return try await store.purge(before: before, in: project)
  }
}

extension SessionSummary: JournalAnswer {}
extension SessionStats: JournalAnswer {}
extension AgentFigures: JournalAnswer {}
extension SessionTrends: JournalAnswer {}
extension ListAgentFiguresRequest: ListRequest {}
extension ListAgentFiguresResponse: JournalAnswer {}
