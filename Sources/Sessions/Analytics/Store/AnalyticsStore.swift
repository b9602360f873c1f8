import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Synchronization
import Wire

/// Figures as they are read: of the sums of ``RollupStore``, and of the sessions themselves.
struct AnalyticsStore: Sendable {
  let sessions: SessionStore
  let rollups: RollupStore
  private let stats: PerLoop<SharedWork<StatsKey, SessionStats>>
  private let counts = SlowCounts()

  private struct StatsKey: Hashable, Sendable {
    let project: ProjectID
    let parts: StatsParts
  }

  /// What was counted, without events, which are summed up already.
  private final class SlowCounts: Sendable {
    let answers = Mutex(SlowAnswers<StatsKey, SessionStats>())
  }

  private var pool: PostgresPool { sessions.pool }

  init(sessions: SessionStore) {
    self.sessions = sessions
    rollups = RollupStore(journal: sessions.journal, pool: sessions.pool)
    stats = sessions.journal.sharedWork(StatsKey.self, SessionStats.self)
  }

  /// Throws SESSION_NOT_FOUND and SESSION_DELETED.
  func summary(
    of id: String, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> SessionSummary {
    let rollup = try await rollups.caughtUp(project, call)
    let session = try await sessions.session(id, in: project).session
    return try await database { () async throws(PostgresError) in
      let found = try await pool.read(AnalyticsQueries.summary, (project, id))
      var summary = SessionSummary()
      summary.position = rollup.position
      for row in found.rows { try summary.take(row, found.columns) }
      summary.take(session)
      return summary
    }
  }

  /// The project's sessions as they are now, or were lately where counting them takes long. Those who want the same at the
  /// same moment on a loop share it.
  func stats(
    _ parts: StatsParts, of project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> SessionStats {
    // Each caller waits for its own writes.
    let position = parts.contains(.events) ? try await rollups.caughtUp(project, call).position : 0
    let start = Instant.now
    let counted = StatsKey(project: project, parts: parts.subtracting(.events))
    var stats: SessionStats
    if let counts = counts.answers.withLock({ $0.answer(to: counted, at: start) }) {
      stats = counts
      if parts.contains(.events) { stats.take(events: try await read([.events], of: project, call)) }
    } else {
      stats = try await read(parts, of: project, call)
      var counts = stats
      counts.take(events: SessionStats())
      let kept = counts
      self.counts.answers.withLock { $0.found(kept, for: counted, from: start, to: .now) }
    }
    if parts.contains(.events) { stats.position = max(stats.position, position) }
    return stats
  }

  private func read(
    _ parts: StatsParts, of project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> SessionStats {
    try await stats[call.loop].value(for: StatsKey(project: project, parts: parts)) {
      () async throws(RPCError) in
      try await database { () async throws(PostgresError) in
        let found = try await pool.query(AnalyticsQueries.stats, (project, parts))
        return try SessionStats(decoding: try found.rows.only(), found.columns)
      }
    }
  }

  func figures(
    of agent: String, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> AgentFigures {
    let rollup = try await rollups.caughtUp(project, call)
    return try await database { () async throws(PostgresError) in
      let found = try await pool.lookup(AnalyticsQueries.agent, (project, agent))
      return try AgentFigures(decoding: try found.rows.only(), found.columns, at: rollup.position)
    }
  }

  func list(_ page: ListPage, _ call: CallContext) async throws(RPCError) -> ListAgentFiguresResponse {
    let rollup = try await rollups.caughtUp(page.project, call)
    let rows = try await database { () async throws(PostgresError) in
      try await pool.query(AnalyticsQueries.agents, page).map { row, columns throws(PostgresError) in
        try AgentFigures(decoding: row, columns, at: rollup.position)
      }
    }
    var response = ListAgentFiguresResponse()
    (response.agents, response.nextPageToken) = page.cut(rows, id: \.agent)
    return response
  }

  /// Adds to the counts of an agent: one round trip.
  func adjust(
    _ agent: String, by adjustment: AgentAdjustment, in scope: CallScope
  ) async throws(RPCError) -> AdjustAgentFiguresResponse {
    var response = AdjustAgentFiguresResponse()
    response.agent = agent
    let planned = response
    let result = try await sessions.journal.write(in: scope) { _ throws(RPCError) in
      WritePlan(
        planned,
        statements: [AnalyticsQueries.adjust.bind((scope.project, agent, adjustment))],
        changes: [
          ChangeRecord(kind: "agent_figures", id: agent, action: "adjusted", oldVersion: nil, newVersion: nil)
        ],
        answer: { planned.serializedBytes() })
    }
    switch result {
    case .written(let written): response.position = written.stamp?.position ?? 0
    case .repeated(let answer):
      response = try answer.decoded()
      response.position = answer.stamp.position
    }
    return response
  }

  /// - Parameter seconds: How long a period is.
  func trends(
    over seconds: Int64, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> SessionTrends {
    let rollup = try await rollups.caughtUp(project, call)
    let periods = TrendPeriods(seconds: seconds, now: rollup.now.seconds)
    return try await database { () async throws(PostgresError) in
      var trends = SessionTrends(periods)
      trends.position = rollup.position
      let events = try await pool.query(AnalyticsQueries.trends, (project, periods))
      for row in events.rows { try trends.take(row, events.columns) }
      let begun = try await pool.query(AnalyticsQueries.begun, (project, periods))
      for row in begun.rows { try trends.take(row, begun.columns) }
      trends.compare()
      return trends
    }
  }
}
