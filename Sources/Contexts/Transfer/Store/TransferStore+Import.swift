import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension TransferStore {
  /// The progress of an import; 0 for one that is new.
  func begin(_ plan: ContextImport, in scope: CallScope) async throws(RPCError) -> ImportProgress {
    if plan.isOnlyAsked { return ImportProgress() }
    // Otherwise a caller that has lost its lease would take the import over from the one that holds it now.
    try await journal.checkLease(of: scope)
    let progress = try await database { () async throws(PostgresError) in
      let key = ImportKey(scope: scope, id: plan.id)
      return try await pool.write(
        TransferQueries.begin, (key, plan.mode.rawValue, Limits.importLifetime)
      ).first(as: ImportProgress.self)
    }
    guard let progress else { throw .importIDReused(plan.id) }
    return progress
  }

  /// Stores a batch and how far the import has come with it, in one write of two round trips.
  ///
  /// - Returns: The progress afterwards, with what became of the batch added.
  ///
  /// Of relationships see ``storeRelationships(_:of:after:in:)``.
  func store(
    _ batch: ImportBatch, of plan: ContextImport, after progress: ImportProgress, in scope: CallScope
  ) async throws(RPCError) -> ImportProgress {
    if plan.isOnlyAsked { return try await planned(batch, of: plan, after: progress, in: scope) }
    return try await afterLostRaces(over: "context_pkey", refusal: "others keep using ids of this import") {
      () throws(RPCError) in
      try await attempt(batch, of: plan, after: progress, in: scope)
    }
  }

  private func attempt(
    _ batch: ImportBatch, of plan: ContextImport, after progress: ImportProgress, in scope: CallScope
  ) async throws(RPCError) -> ImportProgress {
    let project = scope.project
    let key = ImportKey(scope: scope, id: plan.id)
    let ids = batch.contexts.map(\.id)
    let locksThem = plan.mode == .overwrite || !batch.former.isEmpty || !progress.unfinished.isEmpty
    let look =
      locksThem ? ContextQueries.lock.bind((project, ids)) : ContextQueries.findIDs.bind((project, ids))
    let locks: [WriteLock] = [
      .transfer(plan.id, in: scope, by: TransferQueries.lock.bind(key)),
      .contexts(ids, by: ids.isEmpty ? [] : [look]),
    ]
    let result = try await journal.write(in: scope, locking: locks) { locked throws(RPCError) in
      guard try locked.rows[0].epoch() == progress.epoch else { throw .importTakenOver(plan.id) }
      let taken = ids.isEmpty ? [:] : try locked.rows[1].taken(areLocked: locksThem)
      let decided = DecidedBatch(
        batch, taken: taken.mapValues(\.version), plan.mode, unfinished: progress.unfinished)
      let advance = TransferQueries.advance.bind((key, decided.counts))
      let texts = decided.texts(replacing: taken)
      return WritePlan(
        (counts: decided.counts, texts: texts),
        statements: texts.deferral(scope)
          + decided.statements(in: project, retention: contexts.retentionSeconds) + [
            advance
          ],
        changes: decided.changes(from: taken)
      )
    }
    guard case .written(let write) = result else { return progress }
    await contexts.words.finish(write.value.texts, in: project)
    var counts = write.value.counts
    counts.position = write.stamp?.position ?? 0
    return progress.adding(counts)
  }

  /// The same without a write.
  private func planned(
    _ batch: ImportBatch, of plan: ContextImport, after progress: ImportProgress, in scope: CallScope
  ) async throws(RPCError) -> ImportProgress {
    let ids = batch.contexts.map(\.id)
    let rows = try await database { () async throws(PostgresError) in
      ids.isEmpty ? nil : try await pool.read(ContextQueries.findIDs, (scope.project, ids)).rows
    }
    var taken = try rows?.taken(areLocked: false).mapValues(\.version) ?? [:]
    for id in progress.unfinished { taken[id] = 0 }
    return progress.adding(
      DecidedBatch(batch, taken: taken, plan.mode, unfinished: progress.unfinished).counts)
  }
}

extension DecidedBatch {
  fileprivate func statements(in project: ProjectID, retention: Double) -> [BoundStatement] {
    var statements: [BoundStatement] = []
    if !overwritten.isEmpty {
      statements.append(overwritten.overwriting(in: project, retention: retention))
    }
    if !new.isEmpty { statements.append(new.insertion(in: project, retention: retention)) }
    return statements
  }

  /// Those that the write stores, and those that it replaces: their words are entered into the index of the past.
  fileprivate func texts(replacing taken: [TextKey: TakenID]) -> WrittenTexts {
    WrittenTexts(
      overwritten.map { ($0.id, max($0.draft.context.textBytes, taken[$0.id]?.contentBytes ?? 0)) }
        + new.map { ($0.id, $0.draft.context.textBytes) })
  }

  fileprivate func changes(from taken: [TextKey: TakenID]) -> [ChangeRecord] {
    overwritten.map { .context($0.id, action: "updated", from: taken[$0.id]?.version, to: $0.version) }
      + new.map { .context($0.id, action: "created", from: nil, to: $0.version) }
  }
}

extension ImportProgress: DecodableRow {
  /// Of `advance_import`.
  static let parameters: [Parameter<ImportProgress>] = [
    .init("acknowledged") { $0.acknowledged },
    .init("stored") { $0.stored },
    .init("overwritten") { $0.overwritten },
    .init("skipped") { $0.skipped },
    .init("failed") { $0.failed },
    .init("ignored") { $0.ignored },
    .init("versions") { $0.versions },
    .init("unfinished") { $0.unfinished.sortedTexts },
  ]

  /// `{import_columns}`.
  struct Columns: ColumnLayout {
    let began: Column<PostgresTimestamp>
    let epoch, acknowledged, stored, overwritten, skipped, failed, ignored: Column<Int64>
    let position, versions: Column<Int64>
    let unfinished: Column<[String]>

    init(_ find: inout ColumnFinder) {
      began = find("create_time")
      epoch = find("epoch")
      acknowledged = find("acknowledged")
      stored = find("stored")
      overwritten = find("overwritten")
      skipped = find("skipped")
      failed = find("failed")
      ignored = find("ignored")
      position = find("position")
      versions = find("versions")
      unfinished = find("unfinished")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    began = try row.decode(columns.began).microseconds
    epoch = try row.decode(columns.epoch)
    acknowledged = try row.decode(columns.acknowledged)
    stored = try row.decode(columns.stored)
    overwritten = try row.decode(columns.overwritten)
    skipped = try row.decode(columns.skipped)
    failed = try row.decode(columns.failed)
    ignored = try row.decode(columns.ignored)
    position = try row.decode(columns.position)
    versions = try row.decode(columns.versions)
    unfinished = Set(of: try row.decode(columns.unfinished))
  }
}

extension Rows {
  /// From `lock_import`; nil when the import was forgotten.
  func epoch() throws(RPCError) -> Int64? {
    try database { () throws(PostgresError) in
      let found = try TransferQueries.lock.results(self)
      return try found.rows.first.map { row throws(PostgresError) in try row.decode(found.columns.value) }
    }
  }

  /// The ids that are taken, from `find_context_ids`, or, where rows were locked, from `lock_contexts`.
  fileprivate func taken(areLocked: Bool) throws(RPCError) -> [TextKey: TakenID] {
    try database { () throws(PostgresError) in
      var taken: [TextKey: TakenID] = [:]
      if areLocked {
        let heads: [StoredHead] = try ContextQueries.lock.results(self).decoded()
        for head in heads {
          taken[TextKey(head.id)] = TakenID(version: head.version, contentBytes: head.contentBytes)
        }
      } else {
        let found = try ContextQueries.findIDs.results(self)
        for row in found.rows { taken[TextKey(try row.decode(found.columns.id))] = TakenID() }
      }
      return taken
    }
  }
}

/// What an import must know of a context that has one of its ids; zeros where it only skips it.
private struct TakenID {
  var version: Int64 = 0
  var contentBytes = 0
}
