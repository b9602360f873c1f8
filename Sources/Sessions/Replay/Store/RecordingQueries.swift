import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements about recordings, under the names of their files.
enum RecordingQueries {
  static let all: [any CheckedStatement] = [
    find, lock, insert, stop, delete, before, lockBefore, expired, settle, measure, stats,
  ]

  static let find = Query<(project: ProjectID, id: String), Recording.Columns>(
    "find_recording", PackageResources.find_recording_sql, including: fragments, one)
  static let lock = Query<(project: ProjectID, id: String), Recording.Columns>(
    "lock_recording", PackageResources.lock_recording_sql, including: fragments, one)
  static let insert = Query<(project: ProjectID, recording: Recording), NoColumns>(
    "insert_recording", PackageResources.insert_recording_sql,
    [
      .init("project") { $0.project.text },
      .init("id") { $0.recording.id },
      .init("session") { $0.recording.session },
      .init("title") { $0.recording.title },
      .init("agent") { $0.recording.agent },
      .init("first_sequence") { $0.recording.firstSequence },
      .init("max_duration") { $0.recording.maxDuration?.microseconds ?? 0 },
      .init("snapshot_events") { $0.recording.snapshotEveryEvents },
      .init("snapshot_period") { $0.recording.snapshotEvery?.microseconds ?? 0 },
    ])
  static let stop = Query<(project: ProjectID, recording: Recording), NoColumns>(
    "stop_recording", PackageResources.stop_recording_sql,
    [
      .init("project") { $0.project.text },
      .init("id") { $0.recording.id },
      .init("last_sequence") { $0.recording.lastSequence },
    ])
  static let delete = Query<(project: ProjectID, ids: [String]), NoColumns>(
    "delete_recordings", PackageResources.delete_recordings_sql,
    [.init("project") { $0.project.text }, .init("ids") { $0.ids }])
  static let list = ComposedQuery<Recording.Columns>(
    "list_recordings", SQLFragments(PackageResources.list_recordings_sql, including: fragments))

  static let before = Query<(project: ProjectID, age: Int64), AgedColumns>(
    "recordings_before", PackageResources.recordings_before_sql,
    [.init("project") { $0.project.text }, .init("age") { $0.age }])
  static let lockBefore = Query<
    (project: ProjectID, cutoff: PostgresTimestamp, limit: Int), OneColumn<String>
  >(
    "lock_recordings_before", PackageResources.lock_recordings_before_sql,
    [
      .init("project") { $0.project.text }, .init("cutoff") { $0.cutoff }, .init("limit") { $0.limit },
    ])

  static let expired = Query<Int64, OneColumn<String>>(
    "projects_with_expired_recordings", PackageResources.projects_with_expired_recordings_sql,
    [.init("grace") { $0 }])
  static let settle = Query<(project: ProjectID, grace: Int64, limit: Int), NoColumns>(
    "settle_recordings", PackageResources.settle_recordings_sql,
    [
      .init("project") { $0.project.text }, .init("grace") { $0.grace }, .init("limit") { $0.limit },
    ])
  static let measure = Query<(of: Measured, after: String, limit: Int64), MeasureColumns>(
    "measure_recording", PackageResources.measure_recording_sql, including: fragments,
    parameters(measured) { $0.of } + [.init("id") { $0.after }, .init("limit") { $0.limit }])
  static let stats = Query<(of: Measured, limit: Int), StatsColumns>(
    "replay_stats", PackageResources.replay_stats_sql,
    parameters(measured) { $0.of } + [.init("limit") { $0.limit }])

  /// Recordings that figures are wanted of; empty texts: of all.
  typealias Measured = (project: ProjectID, session: String, recording: String)

  private static let one: [Parameter<(project: ProjectID, id: String)>] = [
    .init("project") { $0.project.text }, .init("id") { $0.id },
  ]
  private static let measured: [Parameter<Measured>] = [
    .init("project") { $0.project.text }, .init("session") { $0.session },
    .init("recording") { $0.recording },
  ]
  private static let fragments = SQLFragments(PackageResources.recording_fragments_sql)
}

extension RecordingQueries {
  static func page(_ list: RecordingList, in project: ProjectID) -> Composition {
    var query = self.list.begin()
    query.add("page", ["project": project.text])
    if !list.filter.session.isEmpty { query.add("session", ["session": list.filter.session]) }
    switch list.filter.state {
    case .recording: query.add("open")
    case .completed: query.add("ended")
    case .unspecified, .unrecognized: break
    }
    if let after = list.after {
      query.add(
        "after", ["after_time": PostgresTimestamp(microseconds: after.time), "after_id": after.id])
    }
    query.add("end", ["limit": list.pageSize + 1])
    return query
  }

  /// The columns of `recordings_before`.
  struct AgedColumns: ColumnLayout {
    let cutoff: Column<PostgresTimestamp>
    let total: Column<Int64>

    init(_ find: inout ColumnFinder) {
      cutoff = find("cutoff")
      total = find("total")
    }
  }

  /// The columns of `measure_recording`.
  struct MeasureColumns: ColumnLayout {
    let id: Column<String>
    let isFurther: Column<Bool>

    init(_ find: inout ColumnFinder) {
      id = find("recording_id")
      isFurther = find("is_further")
    }
  }

  /// The columns of `replay_stats`.
  struct StatsColumns: ColumnLayout {
    let recordings, open, events, rawBytes, storedBytes: Column<Int64>
    let meanDuration: Column<Int64?>
    let oldest, newest: Column<PostgresTimestamp?>

    init(_ find: inout ColumnFinder) {
      recordings = find("recordings")
      open = find("open")
      events = find("events")
      rawBytes = find("raw_bytes")
      storedBytes = find("stored_bytes")
      meanDuration = find("mean_duration")
      oldest = find("oldest")
      newest = find("newest")
    }
  }
}

extension Recording: DecodableRow {
  /// `{recording_columns}`.
  package struct Columns: ColumnLayout {
    let id, session, title, agent: Column<String>
    let position, firstSequence, lastSequence, snapshotPeriod: Column<Int64>
    let startTime, expireTime, now: Column<PostgresTimestamp>
    let endTime: Column<PostgresTimestamp?>
    let endReason, snapshotEvents: Column<Int32>

    package init(_ find: inout ColumnFinder) {
      id = find("recording_id")
      session = find("session_id")
      title = find("title")
      agent = find("agent")
      position = find("position")
      firstSequence = find("first_sequence")
      lastSequence = find("last_sequence")
      startTime = find("start_time")
      expireTime = find("expire_time")
      now = find("now")
      endTime = find("end_time")
      endReason = find("end_reason")
      snapshotEvents = find("snapshot_events")
      snapshotPeriod = find("snapshot_period")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    id = try row.decode(columns.id)
    session = try row.decode(columns.session)
    title = try row.decode(columns.title)
    agent = try row.decode(columns.agent)
    position = try row.decode(columns.position)
    firstSequence = try row.decode(columns.firstSequence)
    lastSequence = try row.decode(columns.lastSequence)
    let start = try row.decode(columns.startTime)
    let end = try row.decode(columns.endTime)
    startTime = WellKnown.Timestamp(start)
    endTime = end.map { WellKnown.Timestamp($0) }
    state = end == nil ? .recording : .completed
    endReason = Recording.EndReason(rawValue: try row.decode(columns.endReason))
    let now = try row.decode(columns.now)
    duration = WellKnown.Duration(microseconds: max(0, (end ?? now).microseconds - start.microseconds))
    snapshotEveryEvents = try row.decode(columns.snapshotEvents)
    snapshotEvery = WellKnown.Duration(microseconds: try row.decode(columns.snapshotPeriod))
    maxDuration = WellKnown.Duration(
      microseconds: try row.decode(columns.expireTime).microseconds - start.microseconds)
  }
}
