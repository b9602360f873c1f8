import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements about checkpoints, under the names of their files.
enum CheckpointQueries {
  static let all: [any CheckedStatement] = [recent, insert, find, list]

  static let recent = Query<(project: ProjectID, id: String), EventEffect.Columns>(
    "recent_effects", PackageResources.recent_effects_sql, including: LogQueries.fragments,
    [.init("project") { $0.project.text }, .init("session") { $0.id }])
  static let insert = Query<(project: ProjectID, checkpoint: SessionCheckpoint), NoColumns>(
    "insert_checkpoint", PackageResources.insert_checkpoint_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("session") { $0.checkpoint.session },
      .init("id") { $0.checkpoint.id },
      .init("sequence") { $0.checkpoint.sequence },
      .init("kind") { Int16(truncatingIfNeeded: $0.checkpoint.kind.rawValue) },
      .init("title") { $0.checkpoint.title },
      .init("agent") { $0.checkpoint.agent },
      .init("state") { Int16(truncatingIfNeeded: $0.checkpoint.state.rawValue) },
      .init("agents") { $0.checkpoint.agents },
      .init("outcome") { Int16(truncatingIfNeeded: $0.checkpoint.outcome.rawValue) },
      .init("key_impacts") { $0.checkpoint.keyImpacts },
      .init("performance_delta") { $0.checkpoint.performanceDelta },
    ])
  static let find = Query<CheckpointKey, SessionCheckpoint.Columns>(
    "find_checkpoint", PackageResources.find_checkpoint_sql, including: fragments,
    [
      .init("project") { $0.project.text }, .init("session") { $0.session }, .init("id") { $0.id },
    ])
  static let list = Query<CheckpointPage, ListedColumns<SessionCheckpoint.Columns>>(
    "list_checkpoints", PackageResources.list_checkpoints_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("session") { $0.list.session },
      .init("before") { $0.list.before },
      .init("kinds") { $0.list.kinds.map { Int16(truncatingIfNeeded: $0.rawValue) } },
      .init("limit") { $0.list.pageSize + 1 },
      .init("bytes") { _ in Limits.answerBytes },
    ])

  private static let fragments = SQLFragments(
    PackageResources.checkpoint_fragments_sql, including: LogQueries.fragments)

  typealias CheckpointKey = (project: ProjectID, session: String, id: String)
  typealias CheckpointPage = (project: ProjectID, list: CheckpointList)
}

extension EventEffect: DecodableRow {
  struct Columns: ColumnLayout {
    let severity: Column<Int32>
    let performanceDelta: Column<Double?>
    let toState: Column<Int32?>
    let entity: Column<String?>

    init(_ find: inout ColumnFinder) {
      severity = find("severity")
      performanceDelta = find("performance_delta")
      toState = find("to_state")
      entity = find("entity")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    severity = Severity(rawValue: try row.decode(columns.severity))
    performanceDelta = try row.decode(columns.performanceDelta)
    toState = try row.decode(columns.toState).map { SessionState(rawValue: $0) }
    entity = try row.decode(columns.entity)
  }
}

extension SessionCheckpoint: DecodableRow {
  /// `{checkpoint_columns}`.
  package struct Columns: ColumnLayout {
    let session, id, title, agent: Column<String>
    let position, sequence: Column<Int64>
    let createTime: Column<PostgresTimestamp>
    let kind, state, outcome: Column<Int32>
    let agents, keyImpacts: Column<[String]>
    let performanceDelta: Column<Double>

    package init(_ find: inout ColumnFinder) {
      session = find("session_id")
      id = find("checkpoint_id")
      position = find("position")
      sequence = find("sequence")
      createTime = find("create_time")
      kind = find("kind")
      title = find("title")
      agent = find("agent")
      state = find("state")
      agents = find("agents")
      outcome = find("outcome")
      keyImpacts = find("key_impacts")
      performanceDelta = find("performance_delta")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    session = try row.decode(columns.session)
    id = try row.decode(columns.id)
    position = try row.decode(columns.position)
    sequence = try row.decode(columns.sequence)
    createTime = WellKnown.Timestamp(try row.decode(columns.createTime))
    kind = SessionCheckpoint.Kind(rawValue: try row.decode(columns.kind))
    title = try row.decode(columns.title)
    agent = try row.decode(columns.agent)
    state = SessionState(rawValue: try row.decode(columns.state))
    agents = try row.decode(columns.agents)
    outcome = SessionOutcome(rawValue: try row.decode(columns.outcome))
    keyImpacts = try row.decode(columns.keyImpacts)
    performanceDelta = try row.decode(columns.performanceDelta)
  }
}
