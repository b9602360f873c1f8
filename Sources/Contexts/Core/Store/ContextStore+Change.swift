import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension ContextStore {
  /// Updates contexts in one write, and makes those that are missing where that is wished. Where all detail is asked for, the
  /// results have content and data.
  func update(
    _ batch: Batch<ContextUpdate>, detail: ContextDetail, in scope: CallScope
  ) async throws(RPCError) -> BatchOutcome {
    try await write(batch, id: \.id, detail: detail, in: scope) { $0.decided(over: $1) }
  }

  /// Deletes contexts softly in one write.
  func delete(
    _ batch: Batch<ContextTarget>, detail: ContextDetail, in scope: CallScope
  ) async throws(RPCError) -> BatchOutcome {
    try await write(batch, id: \.id, detail: detail, in: scope) { $0.decidedDeletion(of: $1) }
  }

  /// Brings deleted contexts back in one write.
  func undelete(
    _ batch: Batch<ContextTarget>, detail: ContextDetail, in scope: CallScope
  ) async throws(RPCError) -> BatchOutcome {
    try await write(batch, id: \.id, detail: detail, in: scope) { $0.decidedUndeletion(of: $1) }
  }

  /// Writes contexts in one write of two round trips: locks what there is of them, decides about each, and writes. What
  /// they were is kept by the table itself.
  ///
  /// - Parameter decide: With the stored context; nil when there is none.
  func write<Item>(
    _ batch: Batch<Item>, id: @escaping (Item) -> String, detail: ContextDetail, in scope: CallScope,
    decide: @escaping (Item, StoredHead?) -> Result<DecidedWrite, RPCError>
  ) async throws(RPCError) -> BatchOutcome {
    try await afterLostRaces(over: "context_pkey", refusal: "others keep using ids of this request") {
      () throws(RPCError) in
      try await attempt(batch, id: id, detail: detail, in: scope, decide: decide)
    }
  }

  private func attempt<Item>(
    _ batch: Batch<Item>, id: @escaping (Item) -> String, detail: ContextDetail, in scope: CallScope,
    decide: @escaping (Item, StoredHead?) -> Result<DecidedWrite, RPCError>
  ) async throws(RPCError) -> BatchOutcome {
    switch try await journal.write(
      part(batch, id: id, detail: detail, in: scope, decide: decide), in: scope)
    {
    case .repeated(let stored):
      return BatchOutcome(try await repeated(stored, detail: detail, in: scope), stored.stamp)
    case .written(let write):
      if write.stamp != nil { await words.finish(write.value.texts, in: scope.project) }
      return BatchOutcome(write.value.outcomes, write.stamp)
    }
  }

  /// The same as a part of a write of several kinds. Whoever writes it finishes the words of its texts.
  func part<Item>(
    _ batch: Batch<Item>, id: @escaping (Item) -> String, detail: ContextDetail, in scope: CallScope,
    decide: @escaping (Item, StoredHead?) -> Result<DecidedWrite, RPCError>
  ) -> WritePart<(outcomes: [ItemOutcome], texts: WrittenTexts)> {
    let ids = batch.valid.map(id)
    let lock = ContextQueries.lock.bind((scope.project, ids))
    return WritePart(locking: ids.isEmpty ? [] : [.contexts(ids, by: [lock])]) { locked throws(RPCError) in
      let stored = try StoredHeads(locked.rows.first)
      let decided = try batch.decided { item in stored.checked(decide(item, stored[id(item)])) }
      let writes = DecidedWrites(decided.successes())
      return WritePlan(
        statements: writes.statements(detail: detail, retention: self.retentionSeconds, in: scope),
        changes: writes.all.compactMap(\.record), answer: { WriteAnswer(decided).bytes }
      ) { written throws(RPCError) in
        let answers = DecidedAnswers(
          stored: stored, written: try Context.byID(written.rows), stamp: written.stamp, scope
        )
        return (outcomes: decided.map { $0.flatMap(answers.outcome) }, texts: writes.texts)
      }
    }
  }
}

extension ChangeRecord {
  /// A context went from one version to the next, or to a higher one; from none when it was created.
  static func context(
    _ id: String, action: String, from version: Int64?, to next: Int64 = 0
  ) -> ChangeRecord {
    ChangeRecord(
      kind: "context", id: id, action: action, oldVersion: version,
      newVersion: Swift.max((version ?? 0) + 1, next))
  }
}

extension Context {
  /// From the rows that changing statements return, whose columns are those of a context.
  static func byID(_ results: some Sequence<Rows>) throws(RPCError) -> [TextKey: Context] {
    try database { () throws(PostgresError) in
      var contexts: [TextKey: Context] = [:]
      for rows in results where !rows.isEmpty {
        let columns = try Columns(of: rows, "a change of contexts")
        for row in rows {
          let context = try Context(decoding: row, columns)
          contexts[context.id] = context
        }
      }
      return contexts
    }
  }
}
