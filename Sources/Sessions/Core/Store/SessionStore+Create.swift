import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension SessionStore {
  /// Begins a session: one round trip.
  func create(_ draft: SessionDraft, in scope: CallScope) async throws(RPCError) -> Session {
    var (id, keys) = LockKind.session.key(chosen: draft.id)
    if draft.id.isEmpty { id = "sess-" + id }
    var planned = draft.session
    planned.id = id
    planned.version = 1
    planned.createTime = .ofTheWrite
    planned.updateTime = .ofTheWrite
    planned.expireTime = draft.session.livesFor.map { .afterTheWrite(microseconds: $0) }
    if draft.start != nil {
      planned.lastSequence = 1
      planned.lastEventTime = .ofTheWrite
    }
    let result = try await journal.create(
      in: scope, keys: keys, write: SessionQueries.create.bind((scope, id, draft)),
      answer: { planned.serializedBytes() })
    switch result {
    case .repeated(let answer): return (try answer.decoded() as Session).stamped(answer.stamp)
    case .written(let rows):
      let stamp = try database { () throws(PostgresError) -> Stamp? in
        let found = try SessionQueries.create.results(rows)
        return try found.rows.first.map { row throws(PostgresError) in
          try Stamp(decoding: row, found.columns)
        }
      }
      guard let stamp else { throw try await refusal(of: id, below: draft.session.parent, in: scope.project) }
      if scope.effect == .kept { return planned.stamped(stamp) }
      if draft.id.isEmpty { planned.id = "" }
      return planned.told(over: nil)
    }
  }

  /// Why nothing was stored under an id.
  private func refusal(
    of id: String, below parent: String, in project: ProjectID
  ) async throws(RPCError) -> RPCError {
    if !parent.isEmpty {
      do throws(RPCError) { _ = try await session(parent, in: project) } catch {
        if error.code == .notFound { return error }
        throw error
      }
    }
    return .sessionExists(id)
  }
}
