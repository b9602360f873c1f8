import CairnAPI
import Journal
import Postgres
import Requests
import Wire

extension Agent: VersionedResource {}

extension StoredAgent: DecodableRow {
  /// `{agent_row}`.
  struct Columns: ColumnLayout {
    let id, type: Column<String>
    let change: VersionColumns
    let capabilities, sessions: Column<[String]>
    let labels, metadata: Column<JSONB?>
    let priority, maxLoad, state, load: Column<Int32>
    let incarnation, stream, completed, failed, runTime: Column<Int64>
    let askedTime, beatTime: Column<PostgresTimestamp?>

    init(_ find: inout ColumnFinder) {
      id = find("agent_id")
      change = VersionColumns(&find)
      type = find("type")
      capabilities = find("capabilities")
      sessions = find("sessions")
      labels = find("labels")
      metadata = find("metadata")
      priority = find("priority")
      maxLoad = find("max_load")
      state = find("state")
      load = find("load")
      incarnation = find("incarnation")
      stream = find("stream")
      completed = find("completed")
      failed = find("failed")
      runTime = find("run_time")
      askedTime = find("asked_time")
      beatTime = find("beat_time")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    agent.id = try row.decode(columns.id)
    try agent.take(columns.change, of: row)
    agent.type = try row.decode(columns.type)
    agent.capabilities = try row.decode(columns.capabilities)
    agent.sessions = try row.decode(columns.sessions)
    agent.labels = try row.decode(columns.labels).map { AgentLabels.labels(from: $0.text) } ?? [:]
    agent.metadata = try row.decode(columns.metadata).flatMap { MetadataJSON.metadata(from: $0.text) }
    agent.priority = try row.decode(columns.priority)
    agent.maxLoad = try row.decode(columns.maxLoad)
    agent.state = AgentState(rawValue: try row.decode(columns.state))
    agent.load = try row.decode(columns.load)
    agent.completedTasks = try row.decode(columns.completed)
    agent.failedTasks = try row.decode(columns.failed)
    let (completed, failed) = (agent.completedTasks, agent.failedTasks)
    if completed > 0 {
      agent.meanDuration = WellKnown.Duration(microseconds: try row.decode(columns.runTime) / completed)
    }
    if completed + failed > 0 { agent.errorRate = Double(failed) / (Double(completed) + Double(failed)) }
    agent.lastHeartbeatTime = try row.decode(columns.beatTime).map { WellKnown.Timestamp($0) }
    incarnation = try row.decode(columns.incarnation)
    stream = try row.decode(columns.stream)
    askedTime = try row.decode(columns.askedTime)
  }
}

extension DeadAgentPolicy: DecodableRow {
  /// `{policy_columns}`.
  package struct Columns: ColumnLayout {
    let position, interval, timeout, delay: Column<Int64>
    let updateTime: Column<PostgresTimestamp>
    let missed: Column<Int32>
    let recovers: Column<Bool>

    package init(_ find: inout ColumnFinder) {
      position = find("position")
      updateTime = find("update_time")
      interval = find("heartbeat_interval")
      timeout = find("heartbeat_timeout")
      missed = find("missed_heartbeats")
      recovers = find("recovers")
      delay = find("recovery_delay")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    position = try row.decode(columns.position)
    etag = Etag.text(position)
    updateTime = WellKnown.Timestamp(try row.decode(columns.updateTime))
    heartbeatInterval = WellKnown.Duration(microseconds: try row.decode(columns.interval))
    heartbeatTimeout = WellKnown.Duration(microseconds: try row.decode(columns.timeout))
    missedHeartbeats = try row.decode(columns.missed)
    recovery = try row.decode(columns.recovers)
    recoveryDelay = WellKnown.Duration(microseconds: try row.decode(columns.delay))
  }
}
