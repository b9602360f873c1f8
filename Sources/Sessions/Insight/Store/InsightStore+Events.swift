import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension InsightStore {
  /// A page of events, and what further statements say of the same moment: one round trip. Of a session it throws
  /// SESSION_NOT_FOUND and SESSION_DELETED.
  func page<Item: Sendable>(
    _ page: InsightPage, in project: ProjectID, _ call: CallContext, with others: [BoundStatement] = [],
    as item: @escaping @Sendable (FoundEvent) -> Item
  ) async throws(RPCError) -> (items: [Item], next: String, others: [Rows]) {
    let statements = [InsightQueries.page(page, in: project).statement] + others
    let rows: [Rows]
    if case .session(let id) = page.selection.source {
      rows = try await read(id, in: project, statements)
    } else {
      rows = try await pool.transaction(.repeatableSnapshot) { tx throws(RPCError) in
        try await database { () async throws(PostgresError) in try await tx.commit(statements) }
      }
    }
    let (items, next) = try await decoded(try FoundEvents(rows[0], of: page), call, as: item)
    return (items, next, Array(rows.dropFirst()))
  }

  private func decoded<Item: Sendable>(
    _ found: FoundEvents, _ call: CallContext, as item: @escaping @Sendable (FoundEvent) -> Item
  ) async throws(RPCError) -> (items: [Item], next: String) {
    try await blocking.work(on: found.bytes, for: call) { _ throws(RPCError) in
      let (events, next) = try found.decoded()
      return (events.map(item), next)
    }
  }

  /// An agent's share of a session. Its figures are read with the first page only.
  func share(
    of agent: String, _ page: InsightPage, in session: String, _ project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> IsolateAgentResponse {
    let figures =
      page.after == nil ? [InsightQueries.share(of: agent, in: session, project).statement] : []
    let found = try await self.page(page, in: project, call, with: figures) { $0.event }
    var response = IsolateAgentResponse()
    (response.events, response.nextPageToken) = (found.items, found.next)
    if let rows = found.others.first { response.share = try AgentShare(rows, of: agent) }
    return response
  }

  /// A page of a timeline. Its figures are read with the first page only.
  func timeline(
    _ page: InsightPage, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> ListTimelineResponse {
    let figures =
      page.after == nil ? [InsightQueries.summary(of: page.selection, in: project).statement] : []
    let found = try await self.page(page, in: project, call, with: figures) { $0.event }
    var response = ListTimelineResponse()
    (response.events, response.nextPageToken) = (found.items, found.next)
    if let rows = found.others.first {
      response.summary = try database { () throws(PostgresError) in try TimelineSummary(rows) }
    }
    return response
  }

  /// A session, its transitions and an agent's share, all of one moment: two round trips.
  ///
  /// - Parameter agent: Nil for nobody.
  func analysis(
    of session: String, transitions: InsightPage, agent: (name: String, page: InsightPage)?,
    in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> AnalyzeSessionResponse {
    let read = SessionQueries.one(session, in: project).statement
    let (found, rows) = try await pool.transaction(.repeatableSnapshot) { tx throws(RPCError) in
      let first = try await database { () async throws(PostgresError) in try await tx.pipeline([read]) }
      let found = try Self.session(session, in: first[0])
      // Half of what is left for each of the two.
      let room = max(0, Limits.analysisBytes - found.serializedBytes().count) / 2
      var statements = [
        InsightQueries.page(transitions, bytes: room, atLeast: 0, in: project).statement
      ]
      if let agent {
        statements.append(InsightQueries.page(agent.page, bytes: room, atLeast: 0, in: project).statement)
        statements.append(InsightQueries.share(of: agent.name, in: session, project).statement)
      }
      let last = statements
      let rows = try await database { () async throws(PostgresError) in try await tx.commit(last) }
      return (found, rows)
    }
    var response = AnalyzeSessionResponse()
    response.session = found
    (response.transitions, response.nextTransitionsToken) = try await decoded(
      try FoundEvents(rows[0], of: transitions), call
    ) { $0.transition }
    if let agent {
      (response.agentEvents, response.nextAgentEventsToken) = try await decoded(
        try FoundEvents(rows[1], of: agent.page), call
      ) { $0.event }
      response.share = try AgentShare(rows[2], of: agent.name)
    }
    return response
  }
}

extension TimelineSummary {
  /// The columns of `timeline_figures`.
  struct Columns: ColumnLayout {
    let grouped: Column<Int32>
    let type, severity: Column<Int32?>
    let actor: Column<String?>
    let events, looked: Column<Int64>
    let firstAt, lastAt: Column<PostgresTimestamp?>

    init(_ find: inout ColumnFinder) {
      grouped = find("grouped")
      type = find("type")
      severity = find("severity")
      actor = find("actor")
      events = find("events")
      looked = find("looked")
      firstAt = find("first_at")
      lastAt = find("last_at")
    }
  }

  fileprivate init(_ rows: Rows) throws(PostgresError) {
    self.init()
    let columns = try InsightQueries.timeline.results(rows).columns
    for row in rows {
      let count = try row.decode(columns.events)
      if let type = try row.decode(columns.type) {
        var group = TypeCount()
        (group.type, group.count) = (SessionEvent.Type_(rawValue: type), count)
        types.append(group)
      } else if let severity = try row.decode(columns.severity) {
        var group = SeverityCount()
        (group.severity, group.count) = (Severity(rawValue: severity), count)
        severities.append(group)
      } else if let actor = try row.decode(columns.actor) {
        var group = AgentCount()
        (group.agent, group.count) = (actor, count)
        if agents.count < Limits.summaryAgents { agents.append(group) }
      } else {
        eventCount = count
        firstEventTime = try row.decode(columns.firstAt).map { WellKnown.Timestamp($0) }
        lastEventTime = try row.decode(columns.lastAt).map { WellKnown.Timestamp($0) }
        truncated = try row.decode(columns.looked) > Limits.entityEvents
      }
    }
    types.sort { $0.type.rawValue < $1.type.rawValue }
    severities.sort { $0.severity.rawValue < $1.severity.rawValue }
  }
}
