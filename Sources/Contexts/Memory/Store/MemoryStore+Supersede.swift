import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension MemoryStore {
  /// Stores a memory and ends those whose place it takes: one write of two round trips.
  func supersede(
    _ supersession: Supersession, _ scope: CallScope
  ) async throws(RPCError) -> SupersedeResponse {
    let named = NamedDraft(id: supersession.draft.id ?? ContextStore.newID(), draft: supersession.draft)
    let locks = Self.locks(supersession, scope)
    let ids = supersession.targets.map(\.id) + (supersession.draft.id.map { [$0] } ?? [])
    let result = try await journal.write(scope, locking: [.contexts(ids, locks)]) { locked throws(RPCError) in
      let heads = try StoredHeads(locked.rows[0])
      let resolved = try Self.decide(supersession, heads, taken: locked.rows.dropFirst().first)
      return WritePlan(
        statements: self.statements(named, resolved, beginning: supersession.beginsWithWrite, scope),
        changes: Self.changes(named, resolved),
        answer: { WriteAnswer(([named.id] + resolved.map(\.id)).map { .success($0) }).bytes }
      ) { written throws(RPCError) in
        let ended = try Context.byID(written.rows)
        return SupersedeResponse(
          supersession.stored(named, written.stamp),
          resolved.compactMap { target in ended[target.id].map { scope.told($0, over: heads[target.id]) } })
      }
    }
    switch result {
    case .repeated(let stored):
      let outcomes = try await contexts.repeated(stored, detail: .full, scope)
      guard let context = try outcomes.first?.get() else { throw .contextNotFound(named.id) }
      return SupersedeResponse(context, outcomes.dropFirst().compactMap { try? $0.get().basic })
    case .written(let write):
      if write.stamp != nil { await contexts.words.finish([named].texts, in: scope.project) }
      return write.value
    }
  }

  private static func locks(_ supersession: Supersession, _ scope: CallScope) -> [BoundStatement] {
    let lock = ContextQueries.lock.bind((scope.project, supersession.targets.map(\.id)))
    guard let id = supersession.draft.id else { return [lock] }
    return [lock, ContextQueries.findIDs.bind((scope.project, [id]))]
  }

  private static func decide(
    _ supersession: Supersession, _ heads: StoredHeads, taken: Rows?
  ) throws(RPCError) -> [ResolvedTarget] {
    try supersession.resolved(
      { heads[$0] },
      takenByDeleted: try taken.flatMap { rows throws(RPCError) in
        try ContextStore.holders(in: rows).first?.value
      },
      at: PostgresTimestamp.now.microseconds)
  }

  /// The rows are ended; then the new one is stored, and where it comes from.
  private func statements(
    _ named: NamedDraft, _ ended: [ResolvedTarget], beginning: Bool, _ scope: CallScope
  ) -> [BoundStatement] {
    let project = scope.project
    let ids = ended.map(\.id)
    return [
      MemoryQueries.end.bind((project, ids)),
      [named].insertion(in: project, retention: contexts.retentionSeconds, beginning: beginning),
      Derivations(of: named.id, from: ids).insertion(in: project),
    ]
  }

  private static func changes(_ named: NamedDraft, _ ended: [ResolvedTarget]) -> [ChangeRecord] {
    [.context(named.id, "created", from: nil)] + ended.map { .context($0.id, "updated", from: $0.oldVersion) }
      + Derivations(of: named.id, from: ended.map(\.id)).changes
  }
}

extension Supersession {
  /// The new memory as the write at `stamp` stored it.
  fileprivate func stored(_ named: NamedDraft, _ stamp: Stamp?) -> Context {
    guard let stamp else { return named.draft.unstored }
    var context = named.draft.stored(named.id, stamp)
    let begin = context.createTime
    if beginsWithWrite { context.memory?.validFrom = begin }
    return context
  }
}

extension SupersedeResponse {
  fileprivate init(_ context: Context, _ superseded: [Context]) {
    self.init()
    self.context = context
    self.superseded = superseded
  }
}
