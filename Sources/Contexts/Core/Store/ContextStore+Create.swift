import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension ContextStore {
  /// Stores one context: one statement. With an id made by the server it shares its commit with concurrent
  /// creates.
  func create(_ draft: ContextDraft, in scope: CallScope) async throws(RPCError) -> Context {
    if let id = draft.id, draft.onDeleted.replacesOrUndeletes {
      let batch = Batch(NamedDraft(id: id, draft: draft))
      return try await write(batch, id: \.id, detail: .full, in: scope) { $0.decided(over: $1) }.outcomes[0]
        .get()
    }
    let id = draft.id ?? Self.newID()
    let keys = draft.id.map { id in
      KeyOrigin.client(
        ChosenKey(.context(id), lock: ContextQueries.waitForContext.bind((scope.project, id))))
    }
    let context = NewContext(scope: scope, id: id, draft: draft)
    let result = try await journal.create(
      in: scope, keys: keys ?? .server, write: ContextQueries.create.bind(context),
      named: { ContextQueries.createNamed.bind((context, $0)) },
      found: ContextQueries.findCreated.bind((scope.project, id)),
      answer: { WriteAnswer([.success(id)]).bytes })
    switch result {
    case .repeated(let stored):
      return try await repeated(stored, detail: .full, in: scope)[0].get()
    case .written(let rows):
      let stamp: Stamp? = try database { () throws(PostgresError) in
        try ContextQueries.create.results(rows).first()
      }
      guard let stamp else { throw try await taken(id, in: scope.project) }
      if scope.effect == .takenBack { return draft.unstored }
      await words.finish(WrittenTexts(id: id, bytes: draft.context.textBytes), in: scope.project)
      return draft.stored(as: id, at: stamp)
    }
  }

  /// Stores the valid ones of several contexts in one write: two round trips, one where the server makes all
  /// ids.
  func create(_ batch: Batch<ContextDraft>, in scope: CallScope) async throws(RPCError) -> BatchOutcome {
    let named = batch.map { NamedDraft(id: $0.id ?? Self.newID(), draft: $0) }
    if batch.valid.contains(where: { $0.onDeleted.replacesOrUndeletes }) {
      return try await write(named, id: \.id, detail: .basic, in: scope) { $0.decided(over: $1) }
    }
    return try await afterLostRaces(over: "context_pkey", refusal: "others keep using ids of this batch") {
      () throws(RPCError) in
      try await attempt(named, in: scope)
    }
  }

  static func newID() -> String { UUID128.makeVersion7().description }

  private func attempt(_ batch: Batch<NamedDraft>, in scope: CallScope) async throws(RPCError) -> BatchOutcome
  {
    let chosen = batch.valid.compactMap(\.draft.id)
    let find = ContextQueries.findIDs.bind((scope.project, chosen))
    let result = try await journal.write(
      in: scope, locking: chosen.isEmpty ? [] : [.contexts(chosen, by: [find])]
    ) {
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
        changes: items.map { .context($0.id, action: "created", from: nil) },
        answer: { WriteAnswer(decided.map { $0.map(\.id) }).bytes })
    }
    switch result {
    case .repeated(let stored):
      return BatchOutcome(try await repeated(stored, detail: .basic, in: scope), stored.stamp)
    case .written(let write):
      guard let stamp = write.stamp else {
        return BatchOutcome(write.value.decided.map { result in result.map { $0.draft.unstored.basic } }, nil)
      }
      await words.finish(write.value.texts, in: scope.project)
      return BatchOutcome(
        write.value.decided.map { result in result.map { $0.draft.stored(as: $0.id, at: stamp).basic } },
        stamp)
    }
  }

  /// Why a context cannot be created under an id that is taken.
  private func taken(_ id: String, in project: ProjectID) async throws(RPCError) -> RPCError {
    let rows = try await database { () async throws(PostgresError) in
      try await pool.read(ContextQueries.findIDs, (project, [id])).rows
    }
    return .contextExists(id, isDeleted: try Self.holders(in: rows)[id] ?? false)
  }

  /// The ids that are taken, from `find_context_ids`, and whether by a context that is deleted.
  static func holders(in rows: Rows) throws(RPCError) -> [TextKey: Bool] {
    try database { () throws(PostgresError) in
      var holders: [TextKey: Bool] = [:]
      let found = try ContextQueries.findIDs.results(rows)
      for row in found.rows {
        holders[TextKey(try row.decode(found.columns.id))] = try row.decode(found.columns.isDeleted)
      }
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
    ContextQueries.insert.bind(
      NewContexts(project: project, drafts: self, retention: retention, beginsNow: beginning))
  }

  /// Gives them all to contexts that are locked and kept as history.
  ///
  /// - Parameter beginning: Whether they count as created by the write, where they do not say when they were.
  func overwriting(in project: ProjectID, retention: Double, beginning: Bool = false) -> BoundStatement {
    ContextQueries.overwrite.bind(
      NewContexts(project: project, drafts: self, retention: retention, beginsNow: beginning))
  }
}

/// What `insert_contexts` and `overwrite_contexts` are given.
struct NewContexts {
  let project: ProjectID
  let drafts: [NamedDraft]
  /// Seconds until those that come deleted are purged.
  let retention: Double
  /// Whether the write is their beginning: of what they remember where they are new, of those that are overwritten where
  /// they do not say when they were created.
  let beginsNow: Bool

  static let parameters: [Parameter<NewContexts>] = [
    .init("project") { $0.project.text },
    .init("ids") { $0.drafts.map(\.id) },
    of("types") { Int16($0.type.rawValue) },
    of("statuses") { Int16($0.status.rawValue) },
    of("titles", value: \.title),
    of("media_types", value: \.mediaType),
    of("owners", value: \.owner),
    of("sessions", value: \.session),
    of("tags") { JSONB($0.tagsJSON) },
    .init("metadata") { $0.drafts.map { JSONB($0.draft.metadata ?? "null") } },
    of("contents", value: \.content),
    of("data", value: \.data),
    of("expire_times") { $0.expireTime.map { PostgresTimestamp($0) } },
    time("create_times", of: \.create),
    time("update_times", of: \.update),
    time("delete_times", of: \.delete),
    .init("retention") { $0.retention },
    of("memories") { JSONB($0.memory.map(MemoryJSON.text(of:)) ?? "null") },
    .init("versions") { $0.drafts.map(\.version) },
    .init("begins_now") { $0.beginsNow },
  ]

  private static func of<Value: PostgresArrayElement>(
    _ name: String, value: @escaping @Sendable (Context) -> Value
  ) -> Parameter<NewContexts> {
    .init(name) { $0.drafts.map { value($0.draft.context) } }
  }

  private static func time(
    _ name: String, of time: @escaping @Sendable (ImportedTimes) -> Int64?
  ) -> Parameter<NewContexts> {
    .init(name) { $0.drafts.map { time($0.draft.times).map(PostgresTimestamp.init(microseconds:)) } }
  }
}

/// What `create_context` is given.
struct NewContext {
  let scope: CallScope
  let id: String
  let draft: ContextDraft

  static let parameters: [Parameter<NewContext>] =
    Postgres.parameters(CallScope.parameters) { $0.scope } + [
      .init("id") { $0.id },
      .init("type") { Int16($0.draft.context.type.rawValue) },
      .init("status") { Int16($0.draft.context.status.rawValue) },
      .init("title") { $0.draft.context.title },
      .init("media_type") { $0.draft.context.mediaType },
      .init("owner") { $0.draft.context.owner },
      .init("session") { $0.draft.context.session },
      .init("tags") { $0.draft.context.tags },
      .init("metadata") { $0.draft.metadata.map { JSONB($0) } },
      .init("content") { $0.draft.context.content },
      .init("data") { $0.draft.context.data },
      .init("expire_time") { $0.draft.context.expireTime.map { PostgresTimestamp($0) } },
      .init("memory") { $0.draft.context.memory.map { JSONB(MemoryJSON.text(of: $0)) } },
    ]
}

extension ContextDraft {
  /// The context as the write at `stamp` stored it.
  func stored(as id: String, at stamp: Stamp?, version: Int64 = 1) -> Context {
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
