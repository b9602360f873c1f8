import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What a write made of a session.
struct SessionWritten {
  /// As it is after the write.
  let session: Session
  /// The checkpoint that was made with it; nil for none, and when the request is a repetition.
  var checkpoint: SessionCheckpoint?
  /// Nil when nothing was written, or the caller only asked.
  let stamp: Stamp?

  /// The place of the last event.
  var lastSequence: Int64 { session.lastSequence }
}

extension SessionWritten {
  /// What a named request was answered before.
  init(_ answer: StoredAnswer) throws(RPCError) {
    self.init(session: (try answer.decoded() as Session).stamped(answer.stamp), stamp: answer.stamp)
  }
}

extension SessionStore {
  /// What a decision about a session needs.
  enum Look {
    case session
    /// The session, and what followed from its last events.
    case recentEffects
  }

  /// Changes one session, or its log, in one write: two round trips. SESSION_NOT_FOUND when there is none.
  ///
  /// - Parameter decide: Nil when there is nothing to change. Pure.
  func write(
    _ id: String, looking look: Look = .session, in scope: CallScope,
    decide: @escaping (StoredSession) throws(RPCError) -> SessionStep?
  ) async throws(RPCError) -> SessionWritten {
    let result = try await journal.write(
      part(id, looking: look, in: scope, decide: decide), in: scope)
    switch result {
    case .written(let write): return write.value
    case .repeated(let answer): return try SessionWritten(answer)
    }
  }

  /// The same as a part of a write of several kinds.
  func part(
    _ id: String, looking look: Look = .session, in scope: CallScope,
    decide: @escaping (StoredSession) throws(RPCError) -> SessionStep?
  ) -> WritePart<SessionWritten> {
    let project = scope.project
    // What is read behind the lock of the head stays as it is.
    var looks = [
      SessionQueries.lockHeads.bind((project, [id])), SessionQueries.one(id, in: project).statement,
    ]
    if case .recentEffects = look { looks.append(CheckpointQueries.recent.bind((project, id))) }
    let lock = WriteLock(.session, rows: [id], looks)
    let grace = SessionTTL(configuration.grace).microseconds ?? 0
    return WritePart(locking: [lock]) { locked throws(RPCError) in
      let found = try database { () throws(PostgresError) -> StoredSession? in
        var stored = try SessionQueries.read.results(locked.rows[1]).first(as: StoredSession.self)
        if case .recentEffects = look {
          stored?.recent = try CheckpointQueries.recent.results(locked.rows[2]).decoded()
        }
        return stored
      }
      guard let stored = found else { throw .sessionNotFound(id) }
      guard let step = try decide(stored) else {
        let session = stored.session
        return WritePlan(
          SessionWritten(session: session, stamp: nil), answer: { session.serializedBytes() })
      }
      let planned = step.planned(over: stored, grace: grace)
      return WritePlan(
        statements: statements(for: step, over: stored, grace: grace, in: scope),
        changes: step.change(over: stored), answer: { planned.serializedBytes() }
      ) { written in
        guard let stamp = written.stamp else {
          return SessionWritten(
            session: planned.told(over: stored.session), checkpoint: step.checkpoint, stamp: nil)
        }
        return SessionWritten(
          session: planned.stamped(stamp), checkpoint: step.checkpoint?.stamped(stamp), stamp: stamp)
      }
    }
  }

  private func statements(
    for step: SessionStep, over stored: StoredSession, grace: Int64, in scope: CallScope
  ) -> [BoundStatement] {
    var statements: [BoundStatement] = []
    if step.action != nil {
      statements += VersionedKind.sessions.superseding(rows: [[step.session.id]], in: scope.project)
      statements.append(
        SessionQueries.update.bind(
          (scope.project, step.session, step.session.metadata.flatMap { MetadataJSON.text(of: $0) })))
    }
    let expiry = step.expiry(of: stored, grace: grace)
    if !step.events.isEmpty || expiry != .kept {
      statements.append(
        LogQueries.append.bind(
          AppendedEvents(
            scope: scope, session: step.session.id, firstSequence: stored.session.lastSequence + 1,
            events: step.events, isPublished: step.isPublished, expiry: expiry, ttl: step.session.livesFor,
            grace: grace)))
    }
    if let checkpoint = step.checkpoint {
      statements.append(CheckpointQueries.insert.bind((scope.project, checkpoint)))
      if checkpoint.kind != .automatic {
        statements.append(Hold.here(checkpoint.holdID, kind: .point, in: scope.project))
      }
    }
    return statements
  }
}

extension SessionStep {
  fileprivate func change(over stored: StoredSession) -> [ChangeRecord] {
    // Times and horizons are known by changes: a log that grows is one, too, of its own kind.
    guard let action else {
      return events.isEmpty
        ? []
        : [
          ChangeRecord(
            kind: "session_log", id: session.id, action: "appended", oldVersion: nil, newVersion: nil)
        ]
    }
    let version = stored.session.version
    return [
      ChangeRecord(
        kind: "session", id: session.id, action: action, oldVersion: version, newVersion: version + 1)
    ]
  }
}
