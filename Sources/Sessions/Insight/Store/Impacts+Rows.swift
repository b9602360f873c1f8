import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// The columns of `session_impacts`. Those of the entity are NULL where the page has none.
struct ImpactColumns: ColumnLayout {
  let allEvents: Column<Int64>
  let allDelta: Column<Double>
  let isCut: Column<Bool>
  let total: Column<Int?>
  let entity: Column<String?>
  let latestSeverity, highestSeverity: Column<Int32>
  let events, firstSequence, lastSequence: Column<Int64>
  let delta: Column<Double>
  let actors: Column<[String]?>
  let firstAt, lastAt: Column<PostgresTimestamp>

  init(_ find: inout ColumnFinder) {
    allEvents = find("all_events")
    allDelta = find("all_delta")
    isCut = find("is_cut")
    total = find("total")
    entity = find("entity_id")
    events = find("events")
    latestSeverity = find("latest_severity")
    highestSeverity = find("highest_severity")
    delta = find("delta")
    actors = find("actors")
    firstSequence = find("first_sequence")
    lastSequence = find("last_sequence")
    firstAt = find("first_at")
    lastAt = find("last_at")
  }
}

extension Results where Columns == ImpactColumns {
  func impacts(atMost limit: Int) throws(PostgresError) -> [EntityImpact] {
    var impacts: [EntityImpact] = []
    for row in rows.prefix(limit) {
      guard let entity = try row.decode(columns.entity) else { break }
      var impact = EntityImpact()
      impact.entity = entity
      impact.eventCount = try row.decode(columns.events)
      impact.latestSeverity = Severity(rawValue: try row.decode(columns.latestSeverity))
      impact.highestSeverity = Severity(rawValue: try row.decode(columns.highestSeverity))
      impact.performanceDelta = try row.decode(columns.delta)
      impact.agents = try row.decode(columns.actors) ?? []
      impact.firstSequence = try row.decode(columns.firstSequence)
      impact.lastSequence = try row.decode(columns.lastSequence)
      impact.firstEventTime = WellKnown.Timestamp(try row.decode(columns.firstAt))
      impact.lastEventTime = WellKnown.Timestamp(try row.decode(columns.lastAt))
      impacts.append(impact)
    }
    return impacts
  }
}

extension AgentShare {
  /// - Parameter rows: Of `session_impacts`.
  init(_ rows: Rows, of agent: String) throws(RPCError) {
    self.init()
    self.agent = agent
    try database { () throws(PostgresError) in
      let found = try InsightQueries.impacts.results(rows)
      guard let first = found.rows.first else { return }
      eventCount = try first.decode(found.columns.allEvents)
      performanceDelta = try first.decode(found.columns.allDelta)
      truncated = try first.decode(found.columns.isCut)
      impacts = try found.impacts(atMost: Limits.shareImpacts)
    }
  }
}

extension EntitySession {
  /// The columns of `entity_sessions`. Those of the session are NULL where the page has none.
  struct Columns: ColumnLayout {
    let isFull, isOne: Column<Bool>
    let lookedID: Column<String>
    let total: Column<Int>
    let session: Session.Columns
    let latestSeverity, highestSeverity: Column<Int32>
    let events: Column<Int64>
    let severities: Column<[Int64]>
    let delta: Column<Double>
    let firstSequence, lastSequence: Column<Int64?>
    let firstAt, lastAt: Column<PostgresTimestamp?>

    init(_ find: inout ColumnFinder) {
      isFull = find("is_full")
      isOne = find("is_one")
      lookedID = find("looked_id")
      total = find("total")
      session = Session.Columns(&find)
      events = find("events")
      latestSeverity = find("latest_severity")
      highestSeverity = find("highest_severity")
      severities = find("severities")
      delta = find("delta")
      firstSequence = find("first_sequence")
      lastSequence = find("last_entity_sequence")
      firstAt = find("first_at")
      lastAt = find("last_at")
    }
  }

  init(decoding row: Row, _ columns: Columns, about entity: String) throws(PostgresError) {
    self.init()
    session = try Session(decoding: row, columns.session)
    var impact = EntityImpact()
    impact.entity = entity
    impact.eventCount = try row.decode(columns.events)
    impact.latestSeverity = Severity(rawValue: try row.decode(columns.latestSeverity))
    impact.highestSeverity = Severity(rawValue: try row.decode(columns.highestSeverity))
    impact.performanceDelta = try row.decode(columns.delta)
    impact.firstSequence = try row.decode(columns.firstSequence) ?? 0
    impact.lastSequence = try row.decode(columns.lastSequence) ?? 0
    impact.firstEventTime = try row.decode(columns.firstAt).map { WellKnown.Timestamp($0) }
    impact.lastEventTime = try row.decode(columns.lastAt).map { WellKnown.Timestamp($0) }
    self.impact = impact
    severities = SeverityCount.all(try row.decode(columns.severities))
  }
}

/// The columns of `session_aggregates`.
struct AggregateColumns: ColumnLayout {
  /// NULL for all of them together.
  let entity: Column<String?>
  let now: Column<PostgresTimestamp>
  let isCut: Column<Bool>
  let actors: Column<[String]?>
  let sessions, events, agents: Column<Int64>
  let outcomes, states, severities: Column<[Int64]>
  let delta: Column<Double>
  let average, worst: Column<Double?>

  init(_ find: inout ColumnFinder) {
    entity = find("entity_id")
    now = find("now")
    isCut = find("is_cut")
    actors = find("actors")
    sessions = find("sessions")
    events = find("events")
    agents = find("agents")
    outcomes = find("outcomes")
    states = find("states")
    severities = find("severities")
    delta = find("delta")
    average = find("average_delta")
    worst = find("worst_delta")
  }
}

extension ImpactFigures {
  init(decoding row: Row, _ columns: AggregateColumns) throws(PostgresError) {
    self.init()
    sessionCount = try row.decode(columns.sessions)
    eventCount = try row.decode(columns.events)
    agentCount = try row.decode(columns.agents)
    outcomes = try row.decode(columns.outcomes).counted { number, count in
      var part = OutcomeCount()
      (part.outcome, part.count) = (SessionOutcome(rawValue: number), count)
      return part
    }
    states = try row.decode(columns.states).counted { number, count in
      var part = StateCount()
      (part.state, part.count) = (SessionState(rawValue: number), count)
      return part
    }
    severities = SeverityCount.all(try row.decode(columns.severities))
    performanceDelta = try row.decode(columns.delta)
    averagePerformanceDelta = try row.decode(columns.average)
    worstPerformanceDelta = try row.decode(columns.worst)
  }
}

extension SeverityCount {
  /// - Parameter counts: By the numbers of severities, from 0, which is that of events without one.
  fileprivate static func all(_ counts: [Int64]) -> [SeverityCount] {
    counts.counted { number, count in
      var part = SeverityCount()
      (part.severity, part.count) = (Severity(rawValue: number), count)
      return part
    }
  }
}

extension [Int64] {
  /// Those that are not 0, with their places.
  fileprivate func counted<Part>(_ part: (Int32, Int64) -> Part) -> [Part] {
    enumerated().filter { $0.element > 0 }.map { part(Int32($0.offset), $0.element) }
  }
}
