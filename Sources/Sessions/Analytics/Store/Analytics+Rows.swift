import CairnAPI
import Journal
import Postgres
import Wire

extension SessionSummary {
  /// A row of `session_summary`.
  mutating func take(_ row: Row, _ columns: AnalyticsQueries.SummaryColumns) throws(PostgresError) {
    position = max(position, try row.decode(columns.rolled))
    let events = try row.decode(columns.events)
    if let type = try row.decode(columns.type) {
      eventsByType.append(EventTypeCount(type, events))
    } else if let agent = try row.decode(columns.agent) {
      agentCount = try row.decode(columns.agents)
      collaborationScore = CollaborationScore.score(
        agents: agentCount, events: try row.decode(columns.agentEvents),
        squares: try row.decode(columns.squares))
      eventsByAgent.append(AgentEventCount(agent, events))
    } else {
      eventCount = events
      errorCount = try row.decode(columns.errors)
      transitionCount = try row.decode(columns.transitions)
      timedEventCount = try row.decode(columns.timed)
      let time = try row.decode(columns.processingTime)
      meanProcessingTime = WellKnown.Duration(mean: time, of: timedEventCount)
      performanceImpact = WellKnown.Duration(mean: time, of: try row.decode(columns.timedAboveZero))
      let gains = try row.decode(columns.gains)
      if gains > 0 { meanPerformanceGain = try row.decode(columns.gain) / Double(gains) }
    }
  }

  /// What the session itself says, once the events are counted.
  mutating func take(_ session: Session) {
    self.session = session.id
    startTime = session.createTime
    endTime = session.endTime
    let start = session.createTime?.microseconds ?? 0
    let end = (session.endTime ?? session.lastEventTime)?.microseconds ?? start
    let length = max(0, end - start)
    duration = WellKnown.Duration(microseconds: length)
    meanEventInterval = WellKnown.Duration(microseconds: eventCount > 1 ? length / (eventCount - 1) : 0)
  }
}

extension SessionStats {
  init(decoding row: Row, _ columns: AnalyticsQueries.StatsColumns) throws(PostgresError) {
    self.init()
    time = WellKnown.Timestamp(try row.decode(columns.at))
    sessionCount = try row.decode(columns.sessions)
    activeSessionCount = try row.decode(columns.activeSessions)
    begunSessionCount = try row.decode(columns.begunSessions)
    activeAgentCount = try row.decode(columns.activeAgents)
    eventCount = try row.decode(columns.events)
    eventBytes = try row.decode(columns.bytes)
    checkpointCount = try row.decode(columns.checkpoints)
    failureCheckpointCount = try row.decode(columns.failures)
    position = try row.decode(columns.rolled)
    divide()
  }

  /// Takes what is said of events from newer figures.
  mutating func take(events newer: SessionStats) {
    (eventCount, eventBytes, position) = (newer.eventCount, newer.eventBytes, newer.position)
    divide()
  }

  private mutating func divide() {
    if begunSessionCount > 0 { meanEventsPerSession = Double(eventCount) / Double(begunSessionCount) }
  }
}

extension AgentFigures {
  /// - Parameter position: Up to which events count, at least.
  init(
    decoding row: Row, _ columns: AnalyticsQueries.AgentColumns, at position: Int64
  ) throws(PostgresError) {
    self.init()
    agent = try row.decode(columns.agent)
    joinCount = try row.decode(columns.joins)
    eventCount = try row.decode(columns.events)
    handoffGivenCount = try row.decode(columns.handoffsGiven)
    handoffReceivedCount = try row.decode(columns.handoffsReceived)
    endedSessionCount = try row.decode(columns.endedSessions)
    meanSessionDuration = WellKnown.Duration(
      mean: try row.decode(columns.endedTime), of: endedSessionCount)
    self.position = max(position, try row.decode(columns.rolled))
  }
}

extension SessionTrends {
  init(_ periods: TrendPeriods) {
    self.init()
    previous = SessionPeriod(periods.previous)
    current = SessionPeriod(periods.current)
  }

  /// A row of `session_trends`.
  mutating func take(_ row: Row, _ columns: AnalyticsQueries.TrendColumns) throws(PostgresError) {
    position = max(position, try row.decode(columns.rolled))
    let events = try row.decode(columns.events)
    if let agent = try row.decode(columns.agent) {
      topAgents.append(AgentEventCount(agent, events))
    } else if let type = try row.decode(columns.type) {
      topTypes.append(EventTypeCount(type, events))
    } else {
      let errors = try row.decode(columns.errors)
      change(Int64(try row.decode(columns.period))) { ($0.eventCount, $0.errorCount) = (events, errors) }
    }
  }

  /// A row of `sessions_begun`.
  mutating func take(_ row: Row, _ columns: AnalyticsQueries.BegunColumns) throws(PostgresError) {
    let sessions = try row.decode(columns.sessions)
    let duration = try row.decode(columns.meanDuration)
    let agents = try row.decode(columns.meanAgents)
    change(try row.decode(columns.period)) {
      $0.sessionCount = sessions
      $0.meanSessionDuration = duration.flatMap { WellKnown.Duration(mean: $0, of: 1) }
      $0.meanAgentsPerSession = agents
    }
  }

  /// Once both periods are known.
  mutating func compare() {
    let (before, now) = (previous ?? SessionPeriod(), current ?? SessionPeriod())
    trends = [
      SessionTrend(.events, from: before.eventCount, to: now.eventCount),
      SessionTrend(.errors, from: before.errorCount, to: now.errorCount),
      SessionTrend(.sessions, from: before.sessionCount, to: now.sessionCount),
    ]
  }

  /// - Parameter number: 0 for the previous period, 1 for the present one.
  private mutating func change(_ number: Int64, _ body: (inout SessionPeriod) -> Void) {
    var period = (number == 0 ? previous : current) ?? SessionPeriod()
    body(&period)
    if number == 0 { previous = period } else { current = period }
  }
}

extension SessionPeriod {
  /// - Parameter seconds: Since 1970.
  fileprivate init(_ seconds: Range<Int64>) {
    self.init()
    startTime = WellKnown.Timestamp(seconds: seconds.lowerBound, nanos: 0)
    endTime = WellKnown.Timestamp(seconds: seconds.upperBound, nanos: 0)
  }
}

extension EventTypeCount {
  fileprivate init(_ type: Int32, _ count: Int64) {
    self.init()
    self.type = SessionEvent.Type_(rawValue: type)
    self.count = count
  }
}

extension AgentEventCount {
  fileprivate init(_ agent: String, _ count: Int64) {
    self.init()
    self.agent = agent
    self.count = count
  }
}

extension WellKnown.Duration {
  /// The mean of what makes so many microseconds together; nil of nothing.
  fileprivate init?(mean total: Double, of count: Int64) {
    guard count > 0 else { return nil }
    // Each of them has fewer than 2^60.
    self.init(microseconds: Int64(exactly: (total / Double(count)).rounded()) ?? 0)
  }
}
