import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension InsightStore {
  /// What an agent should know of a session as it is: two round trips in one snapshot. Throws SESSION_NOT_FOUND and
  /// SESSION_DELETED.
  func briefing(
    of session: String, for agent: String, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> SessionBriefing {
    let read = SessionQueries.one(session, in: project).statement
    let (found, rows) = try await pool.transaction(.repeatableSnapshot) { tx throws(RPCError) in
      let first = try await database { () async throws(PostgresError) in try await tx.pipeline([read]) }
      let found = try Self.session(session, in: first[0])
      let statements = Self.facts(of: found, for: agent, in: project)
      let rows = try await database { () async throws(PostgresError) in try await tx.commit(statements) }
      return (found, rows)
    }
    return try await briefing(rows, of: found, for: agent, call)
  }

  /// The same of a session as a write has left it. What was appended to its log does not change any more, so this is what an
  /// agent would have read right behind the write.
  func briefing(
    at written: Session, for agent: String, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> SessionBriefing {
    let statements = Self.facts(of: written, for: agent, in: project)
    let rows = try await pool.transaction(.repeatableSnapshot) { tx throws(RPCError) in
      try await database { () async throws(PostgresError) in try await tx.commit(statements) }
    }
    return try await briefing(rows, of: written, for: agent, call)
  }

  private static func facts(
    of session: Session, for agent: String, in project: ProjectID
  ) -> [BoundStatement] {
    let log = LogStretch(project: project, session: session.id, through: session.lastSequence)
    let agents = session.agents.reduce(0) { $0 + $1.utf8.count }
    let room = max(0, Limits.analysisBytes - session.serializedBytes().count - agents)
    return [
      InsightQueries.briefingEvents.bind((log, min(room, Limits.briefingEventBytes))),
      InsightQueries.busiestAgents.bind((log, agent)), InsightQueries.briefingAnchors.bind(log),
    ]
  }

  private func briefing(
    _ rows: [Rows], of session: Session, for agent: String, _ call: CallContext
  ) async throws(RPCError) -> SessionBriefing {
    let (recent, activity, anchors) = (rows[0], rows[1], rows[2])
    let bytes = try database { () throws(PostgresError) in
      recent.bytes(of: try InsightQueries.briefingEvents.columns(in: recent).event.body)
    }
    return try await blocking.work(on: bytes, for: call) { _ throws(RPCError) in
      SessionBriefing(
        BriefingFacts(
          session: session, agent: agent, recent: try Self.recent(recent),
          mostActive: try Self.mostActive(activity), anchors: try Self.anchors(anchors)))
    }
  }

  private static func recent(_ rows: Rows) throws(RPCError) -> [BriefingFacts.Recent] {
    var events: [BriefingFacts.Recent] = []
    for row in rows {
      var (event, stored) = try database { () throws(PostgresError) in
        let columns = try InsightQueries.briefingEvents.columns(in: rows)
        let stored = try SessionEventRow(decoding: row, columns.event)
        return (
          BriefingFacts.Recent(
            sequence: stored.sequence, severity: Severity(rawValue: try row.decode(columns.severity)),
            toState: try row.decode(columns.toState).map { SessionState(rawValue: $0) },
            entities: try row.decode(columns.entities)), stored
        )
      }
      if let body = stored.body { event.event = try stored.event(body) }
      events.append(event)
    }
    return events
  }

  private static func mostActive(_ rows: Rows) throws(RPCError) -> [SessionBriefing.ActiveAgent] {
    try database { () throws(PostgresError) in
      try InsightQueries.busiestAgents.results(rows).map { row, columns throws(PostgresError) in
        var active = SessionBriefing.ActiveAgent()
        active.agent = try row.decode(columns.actor)
        active.eventCount = try row.decode(columns.events)
        return active
      }
    }
  }

  private static func anchors(_ rows: Rows) throws(RPCError) -> [TextKey: EntityAnchor] {
    try database { () throws(PostgresError) in
      var anchors: [TextKey: EntityAnchor] = [:]
      let found = try InsightQueries.briefingAnchors.results(rows)
      for row in found.rows {
        anchors[try row.decode(found.columns.entity)] = try EntityAnchor(decoding: row, found.columns.anchor)
      }
      return anchors
    }
  }

  /// The newest checkpoints with something about an entity: one round trip.
  ///
  /// - Parameter session: In whose log they are; empty for any, each with its own session.
  func anchors(
    of entity: String, session: String, in project: ProjectID
  ) async throws(RPCError) -> ListEntityAnchorsResponse {
    try await database { () async throws(PostgresError) in
      let found =
        session.isEmpty
        ? try await pool.query(InsightQueries.entityAnchors, (project, entity))
        : try await pool.query(InsightQueries.sessionAnchors, (project, entity, session))
      var response = ListEntityAnchorsResponse()
      for row in found.rows {
        response.truncated = try row.decode(found.columns.isCut)
        if row.isNull(found.columns.anchor.checkpoint) { continue }
        response.anchors.append(try EntityAnchor(decoding: row, found.columns.anchor))
      }
      return response
    }
  }
}

/// The columns of `briefing_events`.
struct BriefingColumns: ColumnLayout {
  let event: SessionEventRow.Columns
  let severity: Column<Int32>
  let toState: Column<Int32?>
  let entities: Column<[String]>

  init(_ find: inout ColumnFinder) {
    event = SessionEventRow.Columns(&find)
    severity = find("severity")
    toState = find("to_state")
    entities = find("entities")
  }
}

/// The columns of `busiest_agents`.
struct ActivityColumns: ColumnLayout {
  let actor: Column<String>
  let events: Column<Int64>

  init(_ find: inout ColumnFinder) {
    actor = find("actor")
    events = find("events")
  }
}

/// The columns of `briefing_anchors`.
struct BriefedAnchorColumns: ColumnLayout {
  let entity: Column<String>
  let anchor: EntityAnchor.Columns

  init(_ find: inout ColumnFinder) {
    entity = find("entity_id")
    anchor = EntityAnchor.Columns(&find)
  }
}

/// The columns of `entity_anchors`. Those of the anchor are NULL where there is none.
struct AnchorPageColumns: ColumnLayout {
  let isCut: Column<Bool>
  let anchor: EntityAnchor.Columns

  init(_ find: inout ColumnFinder) {
    isCut = find("is_cut")
    anchor = EntityAnchor.Columns(&find)
  }
}

extension EntityAnchor {
  /// `{anchor_columns}` and the last event about the entity.
  struct Columns: ColumnLayout {
    let session, checkpoint, title: Column<String>
    let position, sequence, entitySequence: Column<Int64>
    let kind, outcome: Column<Int32>
    let createTime: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      session = find("session_id")
      checkpoint = find("checkpoint_id")
      position = find("position")
      sequence = find("sequence")
      entitySequence = find("entity_sequence")
      kind = find("kind")
      title = find("title")
      outcome = find("outcome")
      createTime = find("create_time")
    }
  }

  fileprivate init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    session = try row.decode(columns.session)
    checkpoint = try row.decode(columns.checkpoint)
    position = try row.decode(columns.position)
    sequence = try row.decode(columns.sequence)
    entitySequence = try row.decode(columns.entitySequence)
    kind = SessionCheckpoint.Kind(rawValue: try row.decode(columns.kind))
    title = try row.decode(columns.title)
    outcome = SessionOutcome(rawValue: try row.decode(columns.outcome))
    createTime = WellKnown.Timestamp(try row.decode(columns.createTime))
  }
}
