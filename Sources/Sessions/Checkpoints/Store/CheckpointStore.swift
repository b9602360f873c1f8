import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// The table `session_checkpoint`.
struct CheckpointStore: Sendable {
  let sessions: SessionStore

  private var pool: PostgresPool { sessions.pool }

  /// Makes a checkpoint of a session as it is: two round trips.
  func create(
    _ draft: CheckpointDraft, of session: String, in scope: CallScope
  ) async throws(RPCError) -> SessionCheckpoint {
    let written = try await sessions.write(session, looking: .recentEffects, in: scope) {
      stored throws(RPCError) in try stored.marked(draft)
    }
    if var checkpoint = written.checkpoint {
      if scope.effect == .takenBack { checkpoint.id = "" }
      return checkpoint
    }
    // The repetition of a request: its session has the checkpoint that it made.
    return try await checkpoint(written.session.checkpoint, of: session, in: scope.project)
  }

  /// CHECKPOINT_NOT_FOUND when the session has none with this id.
  func checkpoint(
    _ id: String, of session: String, in project: ProjectID
  ) async throws(RPCError) -> SessionCheckpoint {
    let found = try await database { () async throws(PostgresError) in
      try await pool.read(CheckpointQueries.find, (project, session, id)).first() as SessionCheckpoint?
    }
    guard let found else { throw .checkpointNotFound(id, of: session) }
    return found
  }

  /// The session as it was at a checkpoint. Nothing at or below that position is still to come: whoever changes a session
  /// waits for the write that made the checkpoint. POSITION_PRUNED when that state is no longer kept.
  func past(of checkpoint: SessionCheckpoint, in project: ProjectID) async throws(RPCError) -> Session {
    let past: Result<Session, RPCError>
    do throws(RPCError) {
      past = .success(
        try await sessions.session(
          checkpoint.session, at: checkpoint.position, showDeleted: true, in: project
        ).session)
    } catch { past = .failure(error) }
    try await sessions.journal.confirm(checkpoint.position, in: project)
    return try past.get()
  }

  /// One page of a list: one round trip, an answer of bounded size.
  func list(
    _ list: CheckpointList, in project: ProjectID
  ) async throws(RPCError) -> ListCheckpointsResponse {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(CheckpointQueries.list, (project, list))
      var response = ListCheckpointsResponse()
      let (page, hasMore) = try found.page(of: list.pageSize) { row, columns throws(PostgresError) in
        try SessionCheckpoint(decoding: row, columns)
      }
      response.checkpoints = page
      if hasMore, let last = page.last { response.nextPageToken = list.nextPageToken(after: last) }
      return response
    }
  }
}

extension RPCError {
  static func checkpointNotFound(_ id: String, of session: String) -> RPCError {
    RPCError(
      .notFound, .checkpointNotFound, about: ResourceName(SessionCheckpoint.self, "checkpoint", id),
      "session \(session.quoted) has no checkpoint \(id.quoted)", ["id": id, "session": session])
  }
}
