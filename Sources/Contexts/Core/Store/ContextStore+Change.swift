import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension ContextStore {
  /// Updates contexts in one write. With `isFull` the results have content and data.
  func update(
    _ batch: Batch<ContextUpdate>, isFull: Bool, _ scope: CallScope
  ) async throws(RPCError) -> BatchOutcome {
    try await change(
      batch, ids: batch.valid.map(\.id), action: "updated", isFull: isFull, scope,
      decide: { update, stored in update.resolved(against: stored[update.id]) },
      statements: { [$0.statement(in: scope.project, isFull: isFull)] })
  }

  /// Deletes contexts softly in one write.
  func delete(
    _ batch: Batch<ContextTarget>, isFull: Bool, _ scope: CallScope
  ) async throws(RPCError) -> BatchOutcome {
    try await change(
      batch, ids: batch.valid.map(\.id), action: "deleted", isFull: isFull, scope,
      decide: { target, stored in target.deletion(of: stored[target.id]) },
      statements: {
        [ContextQueries.delete.bind([scope.project.text, $0.map(\.id), isFull, retentionSeconds])]
      })
  }

  /// Brings deleted contexts back in one write.
  func undelete(
    _ batch: Batch<ContextTarget>, isFull: Bool, _ scope: CallScope
  ) async throws(RPCError) -> BatchOutcome {
    try await change(
      batch, ids: batch.valid.map(\.id), action: "undeleted", isFull: isFull, scope,
      decide: { target, stored in target.undeletion(of: stored[target.id]) },
      statements: { [ContextQueries.undelete.bind([scope.project.text, $0.map(\.id), isFull])] })
  }

  /// Changes contexts in one write of two round trips: locks them, decides about each, and changes them. What
  /// they were is kept by the table itself.
  private func change<Item, Decided: DecidedChange>(
    _ batch: Batch<Item>, ids: [String], action: String, isFull: Bool, _ scope: CallScope,
    decide: @escaping (Item, [TextKey: StoredHead]) -> Result<Decided, RPCError>,
    statements: @escaping ([Decided]) -> [BoundStatement]
  ) async throws(RPCError) -> BatchOutcome {
    let project = scope.project.text
    let lock = ContextQueries.lock.bind([project, ids])
    let result = try await journal.write(scope, locking: ids.isEmpty ? [] : [.contexts(ids, [lock])]) {
      locked throws(RPCError) in
      let stored = try locked.rows.first.map { rows throws(RPCError) in try StoredHead.byID(rows) } ?? [:]
      let decided = try batch.decided { item in decide(item, stored) }
      let changes = decided.successes()
      let texts = WrittenTexts(changes.map { ($0.id, $0.textBytes) })
      return WritePlan(
        statements: changes.isEmpty ? [] : texts.deferral + statements(changes),
        changes: changes.map { .context($0.id, action, from: $0.oldVersion) },
        answer: { WriteAnswer(decided.map { $0.map(\.id) }).bytes }
      ) { written throws(RPCError) in
        let contexts = try Context.byID(written.rows, isFull: isFull)
        let outcomes = decided.map { result in
          result.flatMap { item in
            contexts[item.id].map(ItemOutcome.success) ?? .failure(.contextNotFound(item.id))
          }
        }
        return (outcomes: outcomes, texts: texts)
      }
    }
    switch result {
    case .repeated(let stored):
      return BatchOutcome(try await repeated(stored, isFull: isFull, scope), stored.stamp)
    case .written(let write):
      await words.finish(write.value.texts, in: scope.project)
      return BatchOutcome(write.value.outcomes, write.stamp)
    }
  }
}

extension ChangeRecord {
  /// A context went from one version to the next, or to a higher one; from none when it was created.
  static func context(
    _ id: String, _ action: String, from version: Int64?, to next: Int64 = 0
  ) -> ChangeRecord {
    ChangeRecord(
      kind: "context", id: id, action: action, oldVersion: version,
      newVersion: Swift.max((version ?? 0) + 1, next))
  }
}

extension StoredHead {
  /// From the rows of `lock_contexts`.
  static func byID(_ rows: Rows) throws(RPCError) -> [TextKey: StoredHead] {
    try database { () throws(PostgresError) in
      var heads: [TextKey: StoredHead] = [:]
      for row in rows {
        let life = try ContextLife(decoding: row, at: 2)
        if life == .purged { continue }
        let head = StoredHead(
          id: try row.decode(0), version: try row.decode(1), position: try row.decode(8),
          isDeleted: life == .deleted,
          contentBytes: try row.decode(3), dataBytes: try row.decode(4),
          metadata: try row.decode(5, as: JSONB?.self)?.text,
          type: ContextType(rawValue: Int32(try row.decode(6, as: Int16.self))),
          memory: try row.decode(7, as: JSONB?.self).flatMap { MemoryJSON.memory(from: $0.text) })
        heads[head.id] = head
      }
      return heads
    }
  }
}

extension Context {
  /// From the rows that changing statements return.
  static func byID(
    _ results: some Sequence<Rows>, isFull: Bool
  ) throws(RPCError) -> [TextKey: Context] {
    try database { () throws(PostgresError) in
      var contexts: [TextKey: Context] = [:]
      for rows in results {
        for row in rows {
          let context = try Context(decoding: row, contentColumn: isFull ? columnCount : nil)
          contexts[context.id] = context
        }
      }
      return contexts
    }
  }
}
