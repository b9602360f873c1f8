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
  /// Nil when nothing was written, or the caller only asked.
  let stamp: Stamp?

  /// The place of the last event.
  var lastSequence: Int64 { session.lastSequence }
}

extension SessionStore {
  /// Changes one session, or its log, in one write: two round trips. SESSION_NOT_FOUND when there is none.
  ///
  /// - Parameter decide: Nil when there is nothing to change. Pure.
  func write(
    _ id: String, in scope: CallScope,
    decide: @escaping (StoredSession) throws(RPCError) -> SessionStep?
  ) async throws(RPCError) -> SessionWritten {
    let result = try await journal.write(part(id, in: scope, decide: decide), in: scope)
    switch result {
    case .written(let write): return write.value
    case .repeated(let answer):
      return SessionWritten(
        session: (try answer.decoded() as Session).stamped(answer.stamp), stamp: answer.stamp)
    }
  }

  /// The same as a part of a write of several kinds.
  func part(
    _ id: String, in scope: CallScope,
    decide: @escaping (StoredSession) throws(RPCError) -> SessionStep?
  ) -> WritePart<SessionWritten> {
    let project = scope.project
    // What is read behind the lock of the head stays as it is.
    let lock = WriteLock(
      .session, rows: [id],
      [SessionQueries.lockHeads.bind((project, [id])), SessionQueries.one(id, in: project).statement])
    let grace = SessionTTL(configuration.grace).microseconds ?? 0
    return WritePart(locking: [lock]) { locked throws(RPCError) in
      let stored = try database { () throws(PostgresError) in
        try SessionQueries.read.results(locked.rows[1]).decoded().first as StoredSession?
      }
      guard let stored else { throw .sessionNotFound(id) }
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
          return SessionWritten(session: planned.told(over: stored.session), stamp: nil)
        }
        return SessionWritten(session: planned.stamped(stamp), stamp: stamp)
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
    return statements
  }
}

extension SessionStep {
  fileprivate func change(over stored: StoredSession) -> [ChangeRecord] {
    guard let action else { return [] }
    let version = stored.session.version
    return [
      ChangeRecord(
        kind: "session", id: session.id, action: action, oldVersion: version, newVersion: version + 1)
    ]
  }
}
