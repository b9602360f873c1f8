import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// The table `session_recording`.
struct RecordingStore: Sendable {
  let sessions: SessionStore

  var journal: Journal { sessions.journal }
  var pool: PostgresPool { sessions.pool }

  /// RECORDING_NOT_FOUND when there is none with this id.
  func recording(_ id: String, in project: ProjectID) async throws(RPCError) -> Recording {
    let found = try await database { () async throws(PostgresError) in
      try await pool.read(RecordingQueries.find, (project, id)).first() as Recording?
    }
    guard let found else { throw .recordingNotFound(id) }
    return found
  }

  /// One page of a list: one round trip, an answer of bounded size.
  func list(_ list: RecordingList, in project: ProjectID) async throws(RPCError) -> ListRecordingsResponse {
    let found: [Recording] = try await database { () async throws(PostgresError) in
      try await pool.query(RecordingQueries.list, RecordingQueries.page(list, in: project)).decoded()
    }
    return list.page(of: found)
  }

  /// The figures of some recordings. What of their events was not looked at yet is, some in each statement, and its sum
  /// kept: a call that is cut off leaves less for the next one.
  func stats(_ measured: RecordingQueries.Measured) async throws(RPCError) -> GetReplayStatsResponse {
    try await database { () async throws(PostgresError) in
      var next = ""
      while let (id, isFurther) = try await measureOne(of: measured, from: next) {
        // No id has a control character: this one stands right behind it.
        next = isFurther ? id : id + "\u{1}"
      }
      let found = try await pool.query(RecordingQueries.stats, (measured, Limits.countedRecordings))
      return try GetReplayStatsResponse(decoding: try found.rows.only(), found.columns)
    }
  }

  private func measureOne(
    of measured: RecordingQueries.Measured, from id: String
  ) async throws(PostgresError) -> (id: String, isFurther: Bool)? {
    let found = try await pool.write(
      RecordingQueries.measure, (measured, id, Int64(Limits.measuredEvents)))
    guard let row = found.rows.first else { return nil }
    return (try row.decode(found.columns.id), try row.decode(found.columns.isFurther))
  }
}

extension GetReplayStatsResponse {
  fileprivate init(decoding row: Row, _ columns: RecordingQueries.StatsColumns) throws(PostgresError) {
    self.init()
    recordings = try row.decode(columns.recordings)
    recordingNow = try row.decode(columns.open)
    events = try row.decode(columns.events)
    rawBytes = try row.decode(columns.rawBytes)
    storedBytes = try row.decode(columns.storedBytes)
    if rawBytes > 0 { compressionRatio = Double(storedBytes) / Double(rawBytes) }
    meanDuration = try row.decode(columns.meanDuration).map { WellKnown.Duration(microseconds: $0) }
    oldestStartTime = try row.decode(columns.oldest).map { WellKnown.Timestamp($0) }
    newestStartTime = try row.decode(columns.newest).map { WellKnown.Timestamp($0) }
  }
}
