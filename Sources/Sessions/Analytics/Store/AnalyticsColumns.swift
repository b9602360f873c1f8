import Postgres

extension AnalyticsQueries {
  /// The columns of `session_summary`: of all events where neither type nor agent is there.
  struct SummaryColumns: ColumnLayout {
    let type: Column<Int32?>
    let agent: Column<String?>
    let events, errors, transitions, timed, timedAboveZero, gains, agents, rolled: Column<Int64>
    let processingTime, gain, agentEvents, squares: Column<Double>

    init(_ find: inout ColumnFinder) {
      type = find("type")
      agent = find("agent")
      events = find("events")
      errors = find("errors")
      transitions = find("transitions")
      timed = find("timed")
      timedAboveZero = find("timed_above_zero")
      processingTime = find("processing_time")
      gains = find("gains")
      gain = find("gain")
      agents = find("agents")
      agentEvents = find("agent_events")
      squares = find("squares")
      rolled = find("rolled")
    }
  }

  struct StatsColumns: ColumnLayout {
    let at: Column<PostgresTimestamp>
    let sessions, begunSessions, activeSessions, activeAgents, events, bytes, rolled: Column<Int64>
    let checkpoints, failures: Column<Int64>

    init(_ find: inout ColumnFinder) {
      at = find("at")
      sessions = find("sessions")
      begunSessions = find("begun_sessions")
      activeSessions = find("active_sessions")
      activeAgents = find("active_agents")
      events = find("events")
      bytes = find("bytes")
      rolled = find("rolled")
      checkpoints = find("checkpoints")
      failures = find("failures")
    }
  }

  /// `{agent_figures}`.
  struct AgentColumns: ColumnLayout {
    let agent: Column<String>
    let joins, events, handoffsGiven, handoffsReceived, endedSessions, rolled: Column<Int64>
    let endedTime: Column<Double>

    init(_ find: inout ColumnFinder) {
      agent = find("agent")
      joins = find("joins")
      events = find("events")
      handoffsGiven = find("handoffs_given")
      handoffsReceived = find("handoffs_received")
      endedSessions = find("ended_sessions")
      endedTime = find("ended_time")
      rolled = find("rolled")
    }
  }

  /// The columns of `session_trends`: of a whole period where neither agent nor type is there.
  struct TrendColumns: ColumnLayout {
    let period: Column<Int32>
    let agent: Column<String?>
    let type: Column<Int32?>
    let events, errors, rolled: Column<Int64>

    init(_ find: inout ColumnFinder) {
      period = find("period")
      agent = find("agent")
      type = find("type")
      events = find("events")
      errors = find("errors")
      rolled = find("rolled")
    }
  }

  /// The columns of `sessions_begun`.
  struct BegunColumns: ColumnLayout {
    let period, sessions: Column<Int64>
    let meanDuration: Column<Double?>
    let meanAgents: Column<Double>

    init(_ find: inout ColumnFinder) {
      period = find("period")
      sessions = find("sessions")
      meanDuration = find("mean_duration")
      meanAgents = find("mean_agents")
    }
  }

  /// The columns of `count_old_figures`.
  struct OldColumns: ColumnLayout {
    let sessions, trends: Column<Int64>

    init(_ find: inout ColumnFinder) {
      sessions = find("sessions")
      trends = find("trends")
    }
  }
}
