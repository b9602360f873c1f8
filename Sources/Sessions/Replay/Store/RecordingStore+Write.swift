import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension RecordingStore {
  /// Begins a recording: two round trips. It holds the session's state as of its own position, and all that follows.
  func start(_ draft: RecordingDraft, in scope: CallScope) async throws(RPCError) -> Recording {
    let isNew = draft.id.isEmpty
    let id = isNew ? "rec-" + UUID128.makeVersion7().description : draft.id
    return try await afterLostRaces(
      over: "session_recording_pkey", refusal: "others keep using the id \(id.quoted)"
    ) { () throws(RPCError) in
      let result = try await journal.write(start(draft, as: id, isNew: isNew, in: scope), in: scope)
      switch result {
      case .written(let write): return write.value
      case .repeated(let answer): return (try answer.decoded() as Recording).started(answer.stamp)
      }
    }
  }

  private func start(
    _ draft: RecordingDraft, as id: String, isNew: Bool, in scope: CallScope
  ) -> WritePart<Recording> {
    let (project, session) = (scope.project, draft.recording.session)
    // The log grows no more until the position is drawn.
    let open = WriteLock(
      .session, rows: [session],
      [
        SessionQueries.lockHeads.bind((project, [session])),
        SessionQueries.one(session, in: project).statement,
      ])
    let taken = WriteLock(.recording, rows: [id], [RecordingQueries.lock.bind((project, id))])
    return WritePart(locking: isNew ? [open] : [open, taken]) { locked throws(RPCError) in
      let (found, isTaken) = try database { () throws(PostgresError) in
        (
          try SessionQueries.read.results(locked.rows[1]).first(as: StoredSession.self),
          locked.rows.count > 2 && !locked.rows[2].isEmpty
        )
      }
      if isTaken { throw .recordingExists(id) }
      guard let stored = found else { throw .sessionNotFound(session) }
      try stored.checkOpen()
      let recording = draft.begun(as: id, after: stored.session.lastSequence, by: scope.agent)
      return WritePlan(
        statements: [
          RecordingQueries.insert.bind((project, recording)),
          Hold.here(Recording.holdID(id), kind: .recording, in: project),
        ],
        changes: [Recording.change("created", id)], answer: { recording.serializedBytes() }
      ) { written in
        var answer = recording.started(written.stamp)
        if written.stamp == nil, isNew { answer.id = "" }
        return answer
      }
    }
  }

  /// Ends a recording: two round trips. Throws RECORDING_NOT_FOUND and RECORDING_ENDED.
  func stop(_ id: String, in scope: CallScope) async throws(RPCError) -> Recording {
    let project = scope.project
    let result = try await journal.write(in: scope, locking: [lock(id, in: project)]) {
      locked throws(RPCError) in
      guard let stored = try found(in: locked) else { throw .recordingNotFound(id) }
      let recording = try stored.stopped()
      return WritePlan(
        statements: [RecordingQueries.stop.bind((project, recording))],
        changes: [Recording.change("ended", id)], answer: { recording.serializedBytes() }
      ) { recording.ended($0.stamp) }
    }
    switch result {
    case .written(let write): return write.value
    case .repeated(let answer): return (try answer.decoded() as Recording).ended(answer.stamp)
    }
  }

  /// Removes a recording with its hold: two round trips.
  ///
  /// - Parameter allowsMissing: Whether all is well when there is none: then the answer has only the id.
  func delete(_ id: String, allowsMissing: Bool, in scope: CallScope) async throws(RPCError) -> Recording {
    let project = scope.project
    let result = try await journal.write(in: scope, locking: [lock(id, in: project)]) {
      locked throws(RPCError) in
      guard let stored = try found(in: locked) else {
        if !allowsMissing { throw .recordingNotFound(id) }
        return WritePlan(Recording.missing(id), answer: { Recording.missing(id).serializedBytes() })
      }
      return WritePlan(
        stored, statements: removing([id], in: project), changes: [Recording.change("deleted", id)],
        answer: { stored.serializedBytes() })
    }
    switch result {
    case .written(let write): return write.value
    case .repeated(let answer): return try answer.decoded()
    }
  }

  /// Removes all recordings that began so many microseconds ago or earlier, some in each write; returns how many.
  func purge(olderThan age: Int64, in scope: CallScope) async throws(RPCError) -> Int64 {
    let project = scope.project
    let (cutoff, total) = try await database { () async throws(PostgresError) in
      let found = try await pool.query(RecordingQueries.before, (project, age))
      let row = try found.rows.only()
      return (try row.decode(found.columns.cutoff), try row.decode(found.columns.total))
    }
    if scope.effect == .takenBack { return total }
    var purged: Int64 = 0
    while true {
      let count = try await purgeSome(before: cutoff, in: scope)
      if count == 0 { return purged }
      purged += Int64(count)
    }
  }

  private func purgeSome(before cutoff: PostgresTimestamp, in scope: CallScope) async throws(RPCError) -> Int
  {
    let project = scope.project
    let lock = WriteLock(
      .recording, [RecordingQueries.lockBefore.bind((project, cutoff, Limits.purgedAtOnce))])
    let result = try await journal.write(in: scope, locking: [lock]) { locked throws(RPCError) in
      let ids = try database { () throws(PostgresError) in
        try RecordingQueries.lockBefore.results(locked.rows[0]).values()
      }
      if ids.isEmpty { return WritePlan(0) }
      return WritePlan(
        ids.count, statements: removing(ids, in: project),
        changes: ids.map { Recording.change("deleted", $0) })
    }
    guard case .written(let write) = result else { preconditionFailure("it has no request id") }
    return write.value
  }

  private func lock(_ id: String, in project: ProjectID) -> WriteLock {
    WriteLock(.recording, rows: [id], [RecordingQueries.lock.bind((project, id))])
  }

  private func found(in locked: LockedRows) throws(RPCError) -> Recording? {
    try database { () throws(PostgresError) in
      try RecordingQueries.lock.results(locked.rows[0]).first()
    }
  }

  private func removing(_ ids: [String], in project: ProjectID) -> [BoundStatement] {
    [RecordingQueries.delete.bind((project, ids))]
      + ids.map { Hold.releasing(Recording.holdID($0), in: project) }
  }
}
