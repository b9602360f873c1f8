import CairnAPI
import Postgres
import Requests
import Wire

extension Session: VersionedResource {}

extension Session {
  /// `{session_columns}` and `{head_columns}`.
  struct Columns: ColumnLayout {
    let id, title, owner: Column<String>
    let change: VersionColumns
    let deleteTime, endTime, lastEventTime, expireTime: Column<PostgresTimestamp?>
    let state, outcome: Column<Int32>
    let agents, entities: Column<[String]>
    let metadata: Column<JSONB?>
    let ttl: Column<Int64?>
    let maxEvents, lastSequence: Column<Int64>
    let checkpointInterval: Column<Int32>
    let checkpoint, parent: Column<String?>
    let forkSequence: Column<Int64?>

    init(_ find: inout ColumnFinder) {
      id = find("session_id")
      change = VersionColumns(&find)
      deleteTime = find("delete_time")
      endTime = find("end_time")
      state = find("state")
      outcome = find("outcome")
      title = find("title")
      owner = find("owner")
      agents = find("agents")
      entities = find("entities")
      metadata = find("metadata")
      ttl = find("ttl")
      maxEvents = find("max_events")
      checkpointInterval = find("checkpoint_interval")
      checkpoint = find("checkpoint_id")
      parent = find("parent")
      forkSequence = find("fork_sequence")
      lastSequence = find("last_sequence")
      lastEventTime = find("last_event_time")
      expireTime = find("expire_time")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    id = try row.decode(columns.id)
    try take(columns.change, of: row)
    deleteTime = try row.decode(columns.deleteTime).map { WellKnown.Timestamp($0) }
    endTime = try row.decode(columns.endTime).map { WellKnown.Timestamp($0) }
    state = SessionState(rawValue: try row.decode(columns.state))
    outcome = SessionOutcome(rawValue: try row.decode(columns.outcome))
    title = try row.decode(columns.title)
    owner = try row.decode(columns.owner)
    agents = try row.decode(columns.agents)
    entities = try row.decode(columns.entities)
    metadata = try row.decode(columns.metadata).flatMap { MetadataJSON.metadata(from: $0.text) }
    ttl = SessionTTL(microseconds: try row.decode(columns.ttl)).duration
    maxEvents = try row.decode(columns.maxEvents)
    checkpointInterval = try row.decode(columns.checkpointInterval)
    checkpoint = try row.decode(columns.checkpoint) ?? ""
    parent = try row.decode(columns.parent) ?? ""
    forkSequence = try row.decode(columns.forkSequence)
    lastSequence = try row.decode(columns.lastSequence)
    lastEventTime = try row.decode(columns.lastEventTime).map { WellKnown.Timestamp($0) }
    expireTime = try row.decode(columns.expireTime).map { WellKnown.Timestamp($0) }
  }
}

extension StoredSession: DecodableRow {
  /// What `{present}` and `{past}` return.
  struct Columns: ColumnLayout {
    let session: Session.Columns
    let now: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      session = Session.Columns(&find)
      now = find("now")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    session = try Session(decoding: row, columns.session)
    now = try row.decode(columns.now)
  }
}
