import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Templates in PostgreSQL.
struct TemplateStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
  /// What changes left of them.
  let changed: ChangedResources<Template>

  init(journal: Journal, pool: PostgresPool) {
    self.journal = journal
    self.pool = pool
    changed = ChangedResources(of: "template", journal) { changes, project throws(RPCError) in
      try await Self.images(of: changes, in: project, pool)
    }
  }

  /// Templates by id, deleted ones too, in any order: one look-up.
  func templates(_ ids: [String], in project: ProjectID) async throws(RPCError) -> [Template] {
    if ids.isEmpty { return [] }
    return try await database { () async throws(PostgresError) in
      try await pool.read(TemplateQueries.get, (project, ids)).decoded()
    }
  }

  /// One template. NOT_FOUND when there is none, or when it is deleted and these are not wanted.
  func template(_ id: String, showDeleted: Bool, in project: ProjectID) async throws(RPCError) -> Template {
    guard let template = try await templates([id], in: project).first else { throw .templateNotFound(id) }
    if template.deleteTime != nil, !showDeleted { throw .templateDeleted(id) }
    return template
  }

  /// A page of templates, and whether another one follows.
  func templates(
    after id: String, limit: Int, showDeleted: Bool, in project: ProjectID
  ) async throws(RPCError) -> (page: [Template], hasMore: Bool) {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(
        TemplateQueries.list, (project, id, showDeleted, limit + 1, Limits.answerBytes))
      return try found.page(of: limit) { row, columns throws(PostgresError) in
        try Template(decoding: row, columns)
      }
    }
  }

  /// Stores a new template, in the place of a deleted one where there is one.
  func create(_ draft: TemplateDraft, in scope: CallScope) async throws(RPCError) -> Template {
    let id = draft.id ?? ContextStore.newID()
    return try await write(id, isNew: draft.id == nil, in: scope) { stored throws(RPCError) in
      if let stored, stored.deleteTime == nil { throw .templateExists(id) }
      return TemplateChange(action: "created", definition: draft.template, old: stored, isAnew: true)
    }
  }

  func update(_ prepared: PreparedTemplateUpdate, in scope: CallScope) async throws(RPCError) -> Template {
    let update = prepared.update
    return try await write(update.id, in: scope) { stored throws(RPCError) in
      if stored?.deleteTime != nil || stored == nil, let creation = update.creation {
        return TemplateChange(
          action: "created", definition: try creation.get().template, old: stored, isAnew: true)
      }
      guard let stored else { throw .templateNotFound(update.id) }
      try stored.checkChangeable(etag: update.etag)
      let draft = try prepared.applied(to: stored)
      return TemplateChange(action: "updated", definition: draft.template, old: stored)
    }
  }

  /// - Parameter allowsMissing: Whether all is well when there is no such template, or it is deleted already: then the
  ///   answer has only the id.
  func delete(
    _ id: String, etag: String, allowsMissing: Bool, in scope: CallScope
  ) async throws(RPCError) -> Template {
    try await write(id, in: scope) { stored throws(RPCError) in
      if allowsMissing, stored?.deleteTime != nil || stored == nil { return nil }
      guard let stored else { throw .templateNotFound(id) }
      try stored.checkChangeable(etag: etag)
      return TemplateChange(action: "deleted", definition: stored.definition, old: stored, isDeletion: true)
    }
  }

  /// Changes one template in one write: two round trips, one where it is new for certain.
  ///
  /// - Parameter decide: Nil when there is nothing to change.
  private func write(
    _ id: String, isNew: Bool = false, in scope: CallScope,
    decide: @escaping (Template?) throws(RPCError) -> TemplateChange?
  ) async throws(RPCError) -> Template {
    try await afterLostRaces(over: "template_pkey", refusal: "others keep using the id \(id.quoted)") {
      () throws(RPCError) in
      try await attempt(id, isNew: isNew, in: scope, decide: decide)
    }
  }

  private func attempt(
    _ id: String, isNew: Bool, in scope: CallScope,
    decide: @escaping (Template?) throws(RPCError) -> TemplateChange?
  ) async throws(RPCError) -> Template {
    let lock = TemplateQueries.lock.bind((scope.project, id))
    let result = try await journal.write(
      in: scope, locking: isNew ? [] : [WriteLock(.template, rows: [id], [lock])]
    ) { locked throws(RPCError) in
      let stored = try database { () throws(PostgresError) -> Template? in
        guard let rows = locked.rows.first else { return nil }
        return try TemplateQueries.lock.results(rows).first()
      }
      guard let change = try decide(stored) else {
        let nothing = Template(only: id)
        return WritePlan(nothing, answer: { nothing.serializedBytes() })
      }
      return WritePlan(
        statements: change.statements(id, in: scope.project), changes: [change.record(id)],
        answer: { change.answer(id).serializedBytes() }
      ) { written throws(RPCError) in
        let template = try database { () throws(PostgresError) in
          let found = try TemplateQueries.update.results(written.rows.last!)
          return try Template(decoding: try found.rows.only(), found.columns)
        }
        return scope.effect == .kept ? template : template.told(over: stored, hasOwnID: !isNew)
      }
    }
    switch result {
    case .written(let write): return write.value
    case .repeated(let stored): return try Template(repeated: stored)
    }
  }
}

/// A change of a template that nothing stands against.
private struct TemplateChange {
  let action: String
  let definition: Template
  /// What is stored now; nil when there is nothing.
  let old: Template?
  var isDeletion = false
  /// It takes the place of a deleted one.
  var isAnew = false

  func statements(_ id: String, in project: ProjectID) -> [BoundStatement] {
    let bytes = definition.serializedBytes()
    guard old != nil else { return [TemplateQueries.insert.bind((project, id, bytes))] }
    return VersionedKind.templates.superseding(rows: [[id]], in: project) + [
      TemplateQueries.update.bind((project, id, bytes, isDeletion, isAnew))
    ]
  }

  func record(_ id: String) -> ChangeRecord {
    ChangeRecord(
      kind: "template", id: id, action: action, oldVersion: old?.version, newVersion: (old?.version ?? 0) + 1)
  }

  /// What is kept for a repetition: the answer without position and the time of the write.
  func answer(_ id: String) -> Template {
    var answer = definition
    answer.id = id
    answer.version = (old?.version ?? 0) + 1
    answer.createTime = isAnew || old == nil ? nil : old?.createTime
    // That it is deleted is kept as a time, whose value only the write knows.
    answer.deleteTime = isDeletion ? WellKnown.Timestamp() : nil
    return answer
  }
}

extension Template {
  /// Of which there is nothing but the id.
  fileprivate init(only id: String) {
    self.init()
    self.id = id
  }

  /// The template as the answer to a request with `validate_only` has it: with the version, etag and position that it
  /// has without the write.
  ///
  /// - Parameters:
  ///   - stored: The stored template; nil when there is none.
  ///   - hasOwnID: Whether the caller chose its id.
  fileprivate func told(over stored: Template?, hasOwnID: Bool) -> Template {
    var told = self
    if !hasOwnID { told.id = "" }
    told.version = stored?.version ?? 0
    told.etag = stored?.etag ?? ""
    told.position = stored?.position ?? 0
    return told
  }

  /// The answer to a named request that was made before.
  fileprivate init(repeated stored: StoredAnswer) throws(RPCError) {
    self = try stored.decoded()
    // Nothing was written.
    if version == 0 { return }
    let at = WellKnown.Timestamp(stored.stamp.at)
    position = stored.stamp.position
    etag = Etag.text(position)
    createTime = createTime ?? at
    updateTime = at
    if deleteTime != nil { deleteTime = at }
  }
}
