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
      let resolved = try Self.decide(
        supersession, heads: locked.rows[0], taken: locked.rows.dropFirst().first)
      return WritePlan(
        statements: self.statements(named, resolved, beginning: supersession.beginsWithWrite, scope),
        changes: Self.changes(named, resolved),
        answer: { WriteAnswer(([named.id] + resolved.map(\.id)).map { .success($0) }).bytes }
      ) { written throws(RPCError) in
        let ended = try Context.byID(written.rows, isFull: false)
        return SupersedeResponse(
          supersession.stored(named, written.stamp), resolved.compactMap { ended[$0.id] })
      }
    }
    switch result {
    case .repeated(let stored):
      let outcomes = try await contexts.repeated(stored, isFull: true, scope)
      guard let context = try outcomes.first?.get() else { throw .contextNotFound(named.id) }
      return SupersedeResponse(context, outcomes.dropFirst().compactMap { try? $0.get().basic })
    case .written(let write):
      await contexts.words.finish([named].texts, in: scope.project)
      return write.value
    }
  }

  /// What ``supersede(_:_:)`` would do.
  func plannedSupersede(
    _ supersession: Supersession, _ scope: CallScope
  ) async throws(RPCError) -> SupersedeResponse {
    let ids = supersession.targets.map(\.id) + (supersession.draft.id.map { [$0] } ?? [])
    let stored = try await contexts.stored(ids, scope)
    let holder = supersession.draft.id.flatMap { stored[$0] }
    let resolved = try supersession.resolved(
      stored.mapValues(\.head), takenByDeleted: holder?.head.isDeleted, at: PostgresTimestamp.now.microseconds
    )
    return SupersedeResponse(
      supersession.draft.unstored, resolved.compactMap { stored[$0.id]?.context.basic })
  }

  private static func locks(_ supersession: Supersession, _ scope: CallScope) -> [BoundStatement] {
    let project = scope.project.text
    let lock = ContextQueries.lock.bind([project, supersession.targets.map(\.id)])
    guard let id = supersession.draft.id else { return [lock] }
    return [lock, ContextQueries.findIDs.bind([project, [id]])]
  }

  private static func decide(
    _ supersession: Supersession, heads: Rows, taken: Rows?
  ) throws(RPCError) -> [ResolvedTarget] {
    try supersession.resolved(
      try StoredHead.byID(heads),
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
      MemoryQueries.end.bind([project.text, ids]),
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
