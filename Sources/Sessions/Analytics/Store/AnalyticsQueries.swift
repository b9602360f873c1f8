import Journal
import Postgres
import Requests

/// The statements about figures, under the names of their files.
enum AnalyticsQueries {
  static let all: [any CheckedStatement] = [
    summary, stats, agent, agents, adjust, trends, begun, purgeSummaries, purgeTrends, countOld,
  ]

  static let summary = Query<(project: ProjectID, session: String), SummaryColumns>(
    "session_summary", PackageResources.session_summary_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("session") { $0.session },
      .init("limit") { _ in Limits.summarizedAgents },
    ])
  static let stats = Query<(project: ProjectID, parts: StatsParts), StatsColumns>(
    "session_stats", PackageResources.session_stats_sql,
    [
      .init("project") { $0.project.text },
      .init("with_sessions") { $0.parts.contains(.sessions) },
      .init("with_agents") { $0.parts.contains(.agents) },
      .init("with_events") { $0.parts.contains(.events) },
      .init("with_checkpoints") { $0.parts.contains(.checkpoints) },
    ])

  static let agent = Query<(project: ProjectID, agent: String), AgentColumns>(
    "agent_figures", PackageResources.agent_figures_sql, including: fragments,
    [.init("project") { $0.project.text }, .init("agent") { $0.agent }])
  static let agents = Query<ListPage, AgentColumns>(
    "list_agent_figures", PackageResources.list_agent_figures_sql, including: fragments,
    [
      .init("project") { $0.project.text }, .init("after") { $0.after }, .init("limit") { $0.limit },
    ])
  static let adjust = Query<Adjustment, NoColumns>(
    "adjust_agent", PackageResources.adjust_agent_sql,
    [
      .init("project") { $0.project.text },
      .init("agent") { $0.agent },
      .init("joins") { $0.adjustment.joins },
      .init("events") { $0.adjustment.events },
      .init("handoffs_given") { $0.adjustment.handoffsGiven },
      .init("handoffs_received") { $0.adjustment.handoffsReceived },
    ])

  static let trends = Query<(project: ProjectID, periods: TrendPeriods), TrendColumns>(
    "session_trends", PackageResources.session_trends_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("periods") { $0.periods.cover.map(\.period) },
      .init("widths") { $0.periods.cover.map { Int32($0.stretch.width) } },
      .init("starts") { $0.periods.cover.map { PostgresTimestamp(whole: $0.stretch.start) } },
      .init("ends") { $0.periods.cover.map { PostgresTimestamp(whole: $0.stretch.end) } },
      .init("agents") { _ in Limits.topAgents },
      .init("types") { _ in Limits.topTypes },
    ])
  static let begun = Query<(project: ProjectID, periods: TrendPeriods), BegunColumns>(
    "sessions_begun", PackageResources.sessions_begun_sql,
    [
      .init("project") { $0.project.text },
      .init("starts") { $0.periods.both.map { PostgresTimestamp(whole: $0.lowerBound) } },
      .init("ends") { $0.periods.both.map { PostgresTimestamp(whole: $0.upperBound) } },
      .init("limit") { _ in Limits.sampledSessions },
    ])

  static let purgeSummaries = Query<Purge, OneColumn<Int64>>(
    "purge_summaries", PackageResources.purge_summaries_sql,
    purge + [.init("limit") { _ in purgedAtOnce }])
  static let purgeTrends = Query<Purge, OneColumn<Int64>>(
    "purge_trends", PackageResources.purge_trends_sql,
    purge + [
      .init("limit") { _ in purgedAtOnce },
      .init("widths") { _ in TrendCover.widths.map { Int32($0) } },
    ])
  static let countOld = Query<Purge, OldColumns>(
    "count_old_figures", PackageResources.count_old_figures_sql, purge)

  typealias Adjustment = (project: ProjectID, agent: String, adjustment: AgentAdjustment)
  /// Of what ended or passed before a time.
  typealias Purge = (project: ProjectID, before: PostgresTimestamp)

  private static let purge: [Parameter<Purge>] = [
    .init("project") { $0.project.text }, .init("before") { $0.before },
  ]
  /// Sessions, or sums over stretches of time, that one statement removes at most.
  private static let purgedAtOnce = 1_000

  private static let fragments = SQLFragments(PackageResources.analytics_fragments_sql)
}

extension TrendPeriods {
  fileprivate var both: [Range<Int64>] { [previous, current] }

  /// The stretches of both, numbered 0 and 1.
  fileprivate var cover: [(period: Int16, stretch: TrendStretch)] {
    both.enumerated().flatMap { number, period in
      TrendCover.stretches(of: period).map { (Int16(number), $0) }
    }
  }
}

extension PostgresTimestamp {
  /// - Parameter seconds: Since 1970, of this millennium.
  init(whole seconds: Int64) { self.init(seconds: seconds, nanoseconds: 0) }
}
