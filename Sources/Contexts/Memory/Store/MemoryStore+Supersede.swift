import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension MemoryStore {
  /// Stores a memory and ends those whose place it takes: one write of two round trips.
  func supersede(
    _ supersession: Supersession, in scope: CallScope
  ) async throws(RPCError) -> SupersedeResponse {
    let named = NamedDraft(id: supersession.draft.id ?? ContextStore.newID(), draft: supersession.draft)
    let locks = Self.locks(for: supersession, in: scope)
    let ids = supersession.targets.map(\.id) + (supersession.draft.id.map { [$0] } ?? [])
    let result = try await journal.write(in: scope, locking: [.contexts(ids, by: locks)]) {
      locked throws(RPCError) in
      let heads = try StoredHeads(locked.rows[0])
      let resolved = try Self.decide(supersession, over: heads, taken: locked.rows.dropFirst().first)
      return WritePlan(
        statements: self.statements(
          storing: named, ending: resolved, beginning: supersession.beginsWithWrite, in: scope),
        changes: Self.changes(storing: named, ending: resolved),
        answer: { WriteAnswer(([named.id] + resolved.map(\.id)).map { .success($0) }).bytes }
      ) { written throws(RPCError) in
        let ended = try Context.byID(written.rows)
        return SupersedeResponse(
          supersession.stored(named, at: written.stamp),
          resolved.compactMap { target in ended[target.id].map { scope.told($0, over: heads[target.id]) } })
      }
    }
    switch result {
    case .repeated(let stored):
      let outcomes = try await contexts.repeated(stored, detail: .full, in: scope)
      guard let context = try outcomes.first?.get() else { throw .contextNotFound(named.id) }
      return SupersedeResponse(context, outcomes.dropFirst().compactMap { try? $0.get().basic })
    case .written(let write):
      if write.stamp != nil { await contexts.words.finish([named].texts, in: scope.project) }
      return write.value
    }
  }

  private static func locks(for supersession: Supersession, in scope: CallScope) -> [BoundStatement] {
    let lock = ContextQueries.lock.bind((scope.project, supersession.targets.map(\.id)))
    guard let id = supersession.draft.id else { return [lock] }
    return [lock, ContextQueries.findIDs.bind((scope.project, [id]))]
  }

  private static func decide(
    _ supersession: Supersession, over heads: StoredHeads, taken: Rows?
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
    storing named: NamedDraft, ending ended: [ResolvedTarget], beginning: Bool, in scope: CallScope
  ) -> [BoundStatement] {
    let project = scope.project
    let ids = ended.map(\.id)
    return [
      MemoryQueries.end.bind((project, ids)),
      [named].insertion(in: project, retention: contexts.retentionSeconds, beginning: beginning),
      Derivations(of: named.id, from: ids).insertion(in: project),
    ]
  }

  private static func changes(storing named: NamedDraft, ending ended: [ResolvedTarget]) -> [ChangeRecord] {
    [.context(named.id, action: "created", from: nil)]
      + ended.map { .context($0.id, action: "updated", from: $0.oldVersion) }
      + Derivations(of: named.id, from: ended.map(\.id)).changes
  }
}

extension Supersession {
  /// The new memory as the write at `stamp` stored it.
  fileprivate func stored(_ named: NamedDraft, at stamp: Stamp?) -> Context {
    guard let stamp else { return named.draft.unstored }
    var context = named.draft.stored(as: named.id, at: stamp)
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
