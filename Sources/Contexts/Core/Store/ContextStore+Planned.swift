import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What writes would do, for those who only ask (AIP-163): the same decisions on rows that are read, not
/// locked.
extension ContextStore {
  func planned(_ batch: Batch<ContextDraft>, _ scope: CallScope) async throws(RPCError) -> [ItemOutcome] {
    let stored = try await stored(batch.valid.compactMap(\.id), scope)
    return batch.answers(
      try batch.decided { draft in
        if let id = draft.id, let holder = stored[id] {
          return .failure(.contextExists(id, isDeleted: holder.head.isDeleted))
        }
        return .success(draft.unstored)
      })
  }

  func planned(_ batch: Batch<ContextUpdate>, _ scope: CallScope) async throws(RPCError) -> [ItemOutcome] {
    let stored = try await stored(batch.valid.map(\.id), scope)
    return batch.answers(
      try batch.decided { update in
        update.resolved(against: stored[update.id]?.head).map { resolved in
          stored[update.id].map { resolved.applied(to: $0.context) } ?? Context()
        }
      })
  }

  func planned(
    _ batch: Batch<ContextTarget>, _ scope: CallScope,
    _ decide: (ContextTarget, StoredHead?) -> Result<ResolvedTarget, RPCError>
  ) async throws(RPCError) -> [ItemOutcome] {
    let stored = try await stored(batch.valid.map(\.id), scope)
    return batch.answers(
      try batch.decided { target in
        decide(target, stored[target.id]?.head).map { _ in stored[target.id]?.context ?? Context() }
      })
  }

  /// Contexts by id, deleted ones too.
  func stored(_ ids: [String], _ scope: CallScope) async throws(RPCError) -> [TextKey: StoredContext] {
    if ids.isEmpty { return [:] }
    return try await database { () async throws(PostgresError) in
      let rows = try await pool.read(
        ContextQueries.getSeveral, [scope.project.text, ids, Limits.answerBytes])
      var contexts: [TextKey: StoredContext] = [:]
      for row in rows {
        let stored = try StoredContext(decoding: row)
        if stored.life != .purged { contexts[stored.head.id] = stored }
      }
      return contexts
    }
  }
}

/// A row of `get_contexts`.
struct StoredContext {
  let context: Context
  let head: StoredHead
  let life: ContextLife

  init(decoding row: Row) throws(PostgresError) {
    context = try Context(decoding: row, contentColumn: Context.columnCount + 1)
    life = try ContextLife(decoding: row, at: Context.columnCount)
    head = StoredHead(
      id: context.id, version: context.version, position: context.position, isDeleted: life == .deleted,
      contentBytes: try row.decode(Context.columnCount + 5),
      dataBytes: try row.decode(Context.columnCount + 6),
      metadata: try row.decode(13, as: JSONB?.self)?.text, type: context.type,
      memory: context.memory)
  }
}

extension Batch {
  /// The contexts as the answer has them: of several, without content and data.
  fileprivate func answers(_ outcomes: [ItemOutcome]) -> [ItemOutcome] {
    refusal == .isTheCalls ? outcomes : outcomes.map { $0.map(\.basic) }
  }
}
