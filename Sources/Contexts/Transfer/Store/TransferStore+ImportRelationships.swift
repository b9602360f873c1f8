import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension TransferStore {
  /// Stores a batch of relationships and how far the import has come with it, in one write of two round
  /// trips.
  ///
  /// - Returns: The progress afterwards, and the relationships that cannot be stored. With an import that
  ///   stops at errors only those before the first of them are stored, and it is the only one returned.
  func storeRelationships(
    _ batch: ImportBatch, of plan: ContextImport, after progress: ImportProgress, in scope: CallScope
  ) async throws(RPCError) -> (progress: ImportProgress, failures: [ImportBatch.Failure]) {
    if plan.isOnlyAsked {
      return (progress.adding(RelationshipResults(asked: batch, unfinished: progress.unfinished).counts), [])
    }
    let drafts = try Batch(
      validating: batch.relationships.map(\.relationship), at: "relationships", of: "relationship",
      atomic: false, requestID: "", key: { $0.key.text }
    ) { item, violations in RelationshipDraft(validating: item, &violations) }
    let key = ImportKey(scope: scope, id: plan.id)
    let rows = RelationshipLocks(drafts.valid, scope.project).rows
    let locks: [WriteLock] = [
      .transfer(plan.id, in: scope, by: TransferQueries.lock.bind(key)),
      WriteLock(.relationship, rows: rows, RelationshipStore.looks(for: drafts.valid, scope)),
    ]
    let result = try await journal.write(in: scope, locking: locks) { locked throws(RPCError) in
      guard try locked.rows[0].epoch() == progress.epoch else { throw .importTakenOver(plan.id) }
      let decided = try RelationshipStore.decide(
        drafts, given: try RelateLooks(Array(locked.rows.dropFirst(2))))
      let results = RelationshipResults(
        batch, decided, stopsAtErrors: plan.stopsAtErrors, unfinished: progress.unfinished)
      return WritePlan(
        results,
        statements: RelationshipStore.writes(of: results.stored, in: scope) + [
          TransferQueries.advance.bind((key, results.counts))
        ],
        changes: results.stored.map(\.change))
    }
    guard case .written(let write) = result else { return (progress, []) }
    var counts = write.value.counts
    counts.position = write.stamp?.position ?? 0
    return (progress.adding(counts), write.value.failures)
  }
}

/// What a batch of relationships comes to.
private struct RelationshipResults {
  var stored: [ResolvedRelationship] = []
  var counts: ImportProgress
  var failures: [ImportBatch.Failure] = []

  /// What can be told without what is stored.
  init(asked batch: ImportBatch, unfinished: Set<TextKey>) {
    counts = ImportProgress(of: batch, unfinished: unfinished)
    counts.stored = Int64(batch.relationships.count)
  }

  init(
    _ batch: ImportBatch, _ decided: [Result<ResolvedRelationship, RPCError>], stopsAtErrors: Bool,
    unfinished: Set<TextKey>
  ) {
    counts = ImportProgress(of: batch, unfinished: unfinished)
    for ((sequence, _), result) in zip(batch.relationships, decided) {
      switch result {
      case .success(let relationship):
        stored.append(relationship)
        if relationship.before == nil { counts.stored += 1 } else { counts.overwritten += 1 }
      case .failure(let error) where error.isTaken: counts.skipped += 1
      case .failure(let error):
        failures.append((sequence, error))
        if stopsAtErrors {
          counts.acknowledged = sequence - 1
          return
        }
        counts.failed += 1
      }
    }
  }
}

extension RPCError {
  /// Whether it says that there is such a relationship already.
  fileprivate var isTaken: Bool { reason == .etagMismatch || reason == .relationshipOverlaps }
}
