import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What replays read: a session's log, by the reader that ListEvents has, and the session's versions.
struct ReplayStore: Sendable {
  let log: LogStore
  let recordings: RecordingStore

  var journal: Journal { log.journal }
  private var pool: PostgresPool { log.pool }

  /// What is replayed, as it is now. Throws RECORDING_NOT_FOUND, SESSION_NOT_FOUND, SESSION_DELETED, POSITION_PRUNED and
  /// POSITION_IN_FUTURE.
  func window(_ range: ReplayRange, in project: ProjectID) async throws(RPCError) -> ReplayWindow {
    switch range.target {
    case .recording(let id):
      let recording = try await recordings.recording(id, in: project)
      let extent = try await log.extent(of: recording.session, event: nil, in: project)
      let (from, to) = try range.bounds(
        first: recording.firstSequence, last: recording.lastSequence, of: recording.session, extent)
      return ReplayWindow(
        session: recording.session, from: from, to: to, origin: recording.firstSequence,
        start: recording.startTime?.microseconds ?? 0, position: recording.position,
        snapshotEvents: Int64(recording.snapshotEveryEvents),
        snapshotPeriod: recording.snapshotEvery?.microseconds ?? Limits.snapshotPeriod)
    case .session(let session):
      let extent = try await log.extent(of: session, event: nil, in: project)
      let (from, to) = try range.bounds(first: extent.oldest, last: extent.last, of: session, extent)
      let start = try await time(ofEventFrom: from, of: session, in: project)
      return ReplayWindow(
        session: session, from: from, to: to, origin: from, start: start ?? 0, position: nil,
        shared: extent.shared,
        snapshotEvents: Int64(range.snapshotEvents), snapshotPeriod: range.snapshotPeriod)
    }
  }

  /// When the first event happened that has this place or a later one; nil when there is none.
  func time(
    ofEventFrom sequence: Int64, of session: String, in project: ProjectID
  ) async throws(RPCError) -> Int64? {
    try await database { () async throws(PostgresError) in
      let found = try await pool.read(ReplayQueries.place, (project, session, sequence))
      return try found.rows.first.map { row throws(PostgresError) in
        try row.decode(found.columns.at).microseconds
      }
    }
  }

  /// The place of the last event that happened at a time or before; one before the first when there is none.
  func sequence(
    at time: Int64, in window: ReplayWindow, of project: ProjectID
  ) async throws(RPCError) -> Int64 {
    try await database { () async throws(PostgresError) in
      try await pool.read(ReplayQueries.sequence, (project, window, time)).value()
    }
  }

  /// Some events from a place on: the only way by which replays read a log.
  func events(
    from sequence: Int64, in window: ReplayWindow, of project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> [SessionEvent] {
    var request = ListEventsRequest()
    request.session = window.session
    request.fromSequence = sequence
    request.toSequence = window.to
    request.pageSize = Int32(Limits.replayedEvents)
    var list = try EventList(validating: request, in: project.text, key: try await journal.tokenKey())
    list.pageBytes = Limits.replayedBytes
    return try await log.list(list, in: project, call).events
  }

  /// The session behind an event.
  ///
  /// - Parameter position: Where to read it, if it does not follow from the event.
  func snapshot(
    _ kind: ReplaySnapshot.Kind, behind sequence: Int64, at position: Int64? = nil, of session: String,
    in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> ReplaySnapshot {
    let found = try await database { () async throws(PostgresError) in
      let found = try await pool.read(
        ReplayQueries.snapshot, (project, session, sequence, position))
      return FoundSnapshot(rows: found.rows, columns: found.columns)
    }
    return try await log.blocking.work(on: found.bytes, for: call) { _ throws(RPCError) in
      guard var snapshot = try found.snapshot() else { throw .sessionNotFound(session) }
      snapshot.kind = kind
      snapshot.session = session
      snapshot.eventCount = sequence
      snapshot.checksum = snapshot.trueChecksum
      return snapshot
    }
  }
}

/// What was read of a snapshot, not yet decoded.
private struct FoundSnapshot: Sendable {
  let rows: Rows
  let columns: ReplayQueries.SnapshotColumns

  /// Bytes that decoding takes time for.
  var bytes: Int {
    guard let row = rows.first else { return 0 }
    return row.withBytes(columns.agents) { $0?.count ?? 0 }
      + row.withBytes(columns.metadata) { $0?.count ?? 0 }
  }

  func snapshot() throws(RPCError) -> ReplaySnapshot? {
    try database { () throws(PostgresError) in
      guard let row = rows.first else { return nil }
      var snapshot = ReplaySnapshot()
      snapshot.state = SessionState(rawValue: try row.decode(columns.state))
      snapshot.agents = Set(of: try row.decode(columns.agents)).sortedTexts
      snapshot.metadata = try row.decode(columns.metadata).flatMap { MetadataJSON.metadata(from: $0.text) }
      return snapshot
    }
  }
}

extension ReplayRange {
  /// The first and the last event of what is there from `first` to `last`.
  fileprivate func bounds(
    first: Int64, last: Int64, of session: String, _ extent: LogExtent
  ) throws(RPCError) -> (from: Int64, to: Int64) {
    if let from, from > last { throw .eventInFuture(from, of: session, last: last) }
    var lowest = first
    if let from {
      if case .recording = target { lowest = max(from, first) } else { lowest = from }
    }
    if lowest <= last, lowest < extent.oldest {
      throw .eventPruned(lowest, of: session, oldest: extent.oldest)
    }
    return (lowest, max(min(to ?? last, last), lowest - 1))
  }
}
