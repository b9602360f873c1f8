import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension ContextStore {
  /// Stores one context: one statement. With an id made by the server it shares its commit with concurrent
  /// creates.
  func create(_ draft: ContextDraft, _ scope: CallScope) async throws(RPCError) -> Context {
    if let id = draft.id, draft.onDeleted.replacesOrUndeletes {
      let batch = Batch(NamedDraft(id: id, draft: draft))
      return try await write(batch, id: \.id, isFull: true, scope) { $0.decided(over: $1) }.outcomes[0].get()
    }
    let id = draft.id ?? Self.newID()
    let keys = draft.id.map { id in
      KeyOrigin.client(
        ChosenKey(.context(id), lock: ContextQueries.waitForContext.bind([scope.project.text, id])))
    }
    let result = try await journal.create(
      scope, keys: keys ?? .server, ContextQueries.create.bind(scope.parameters + draft.parameters(id)),
      found: ContextQueries.findCreated.bind([scope.project.text, id]),
      answer: { WriteAnswer([.success(id)]).bytes })
    switch result {
    case .repeated(let stored):
      return try await repeated(stored, isFull: true, scope)[0].get()
    case .written(let rows):
      guard let row = rows.first else { throw try await taken(id, in: scope.project) }
      if scope.effect == .takenBack { return draft.unstored }
      await words.finish(WrittenTexts(id: id, bytes: draft.context.textBytes), in: scope.project)
      return draft.stored(id, try database { () throws(PostgresError) in try Stamp(decoding: row) })
    }
  }

  /// Stores the valid ones of several contexts in one write: two round trips, one where the server makes all
  /// ids.
  func create(_ batch: Batch<ContextDraft>, _ scope: CallScope) async throws(RPCError) -> BatchOutcome {
    let named = batch.map { NamedDraft(id: $0.id ?? Self.newID(), draft: $0) }
    if batch.valid.contains(where: { $0.onDeleted.replacesOrUndeletes }) {
      return try await write(named, id: \.id, isFull: false, scope) { $0.decided(over: $1) }
    }
    return try await afterLostRaces(over: "context_pkey", refusal: "others keep using ids of this batch") {
      () throws(RPCError) in
      try await attempt(named, scope)
    }
  }

  static func newID() -> String { UUID128.makeVersion7().description }

  private func attempt(_ batch: Batch<NamedDraft>, _ scope: CallScope) async throws(RPCError) -> BatchOutcome
  {
    let chosen = batch.valid.compactMap(\.draft.id)
    let find = ContextQueries.findIDs.bind([scope.project.text, chosen])
    let result = try await journal.write(scope, locking: chosen.isEmpty ? [] : [.contexts(chosen, [find])]) {
      locked throws(RPCError) in
      let holders = try locked.rows.first.map { rows throws(RPCError) in try Self.holders(in: rows) } ?? [:]
      let decided = try batch.decided { item in
        holders[item.id].map { .failure(.contextExists(item.id, isDeleted: $0)) } ?? .success(item)
      }
      let items = decided.successes()
      let texts = items.texts
      return WritePlan(
        (decided: decided, texts: texts),
        statements: items.isEmpty
          ? []
          : texts.deferral(scope) + [items.insertion(in: scope.project, retention: retentionSeconds)],
        changes: items.map { .context($0.id, "created", from: nil) },
        answer: { WriteAnswer(decided.map { $0.map(\.id) }).bytes })
    }
    switch result {
    case .repeated(let stored):
      return BatchOutcome(try await repeated(stored, isFull: false, scope), stored.stamp)
    case .written(let write):
      guard let stamp = write.stamp else {
        return BatchOutcome(write.value.decided.map { result in result.map { $0.draft.unstored.basic } }, nil)
      }
      await words.finish(write.value.texts, in: scope.project)
      return BatchOutcome(
        write.value.decided.map { result in result.map { $0.draft.stored($0.id, stamp).basic } }, stamp)
    }
  }

  /// Why a context cannot be created under an id that is taken.
  private func taken(_ id: String, in project: ProjectID) async throws(RPCError) -> RPCError {
    let rows = try await database { () async throws(PostgresError) in
      try await pool.read(ContextQueries.findIDs, [project.text, [id]])
    }
    return .contextExists(id, isDeleted: try Self.holders(in: rows)[id] ?? false)
  }

  /// The ids that are taken, from `find_context_ids`, and whether by a context that is deleted.
  static func holders(in rows: Rows) throws(RPCError) -> [TextKey: Bool] {
    try database { () throws(PostgresError) in
      var holders: [TextKey: Bool] = [:]
      for row in rows { holders[try row.decode(0)] = try row.decode(1) }
      return holders
    }
  }
}

/// A draft and the id that it gets.
struct NamedDraft {
  let id: String
  let draft: ContextDraft
  /// The number that its version gets, if there is none as high; 0: the next one.
  var version: Int64 = 0
}

extension [NamedDraft] {
  var texts: WrittenTexts { WrittenTexts(map { ($0.id, $0.draft.context.textBytes) }) }

  /// Stores them all as new contexts.
  ///
  /// - Parameter beginning: Whether what they remember holds from the write on.
  func insertion(in project: ProjectID, retention: Double, beginning: Bool = false) -> BoundStatement {
    ContextQueries.insert.bind(parameters(in: project, retention: retention) + [beginning])
  }

  /// Gives them all to contexts that are locked and kept as history.
  ///
  /// - Parameter beginning: Whether they count as created by the write, where they do not say when they were.
  func overwriting(in project: ProjectID, retention: Double, beginning: Bool = false) -> BoundStatement {
    ContextQueries.overwrite.bind(parameters(in: project, retention: retention) + [beginning])
  }

  /// `$1` to `$19` of `insert_contexts` and `overwrite_contexts`.
  ///
  /// - Parameter retention: Seconds until those that come deleted are purged.
  private func parameters(in project: ProjectID, retention: Double) -> [any PostgresValue] {
    let contexts = map(\.draft.context)
    func times(_ time: KeyPath<ImportedTimes, Int64?>) -> [PostgresTimestamp?] {
      map { $0.draft.times[keyPath: time].map(PostgresTimestamp.init(microseconds:)) }
    }
    return [
      project.text, map(\.id), contexts.map { Int16($0.type.rawValue) },
      contexts.map { Int16($0.status.rawValue) }, contexts.map(\.title), contexts.map(\.mediaType),
      contexts.map(\.owner), contexts.map(\.session), contexts.map { JSONB($0.tagsJSON) },
      map { JSONB($0.draft.metadata ?? "null") }, contexts.map(\.content), contexts.map(\.data),
      contexts.map { $0.expireTime.map { PostgresTimestamp($0) } }, times(\.create), times(\.update),
      times(\.delete), retention, contexts.map { JSONB($0.memory.map(MemoryJSON.text(of:)) ?? "null") },
      map(\.version),
    ]
  }
}

extension ContextDraft {
  /// `$9` to `$21` of `create_context`.
  fileprivate func parameters(_ id: String) -> [any PostgresValue] {
    [
      id, Int16(context.type.rawValue), Int16(context.status.rawValue), context.title, context.mediaType,
      context.owner, context.session, context.tags, metadata.map { JSONB($0) }, context.content, context.data,
      context.expireTime.map { PostgresTimestamp($0) },
      context.memory.map { JSONB(MemoryJSON.text(of: $0)) },
    ]
  }

  /// The context as the write at `stamp` stored it.
  func stored(_ id: String, _ stamp: Stamp?, version: Int64 = 1) -> Context {
    var context = unstored
    context.id = id
    context.version = version
    context.etag = stamp.map { Etag.text($0.position) } ?? ""
    context.position = stamp?.position ?? 0
    context.createTime = stamp.map { WellKnown.Timestamp($0.at) }
    context.updateTime = context.createTime
    return context
  }
}

extension Context {
  /// As an array of JSON: PostgreSQL has no arrays of arrays of different lengths.
  var tagsJSON: String { JSONPrinter.print(.array(tags.map { .string($0) })) }
}
