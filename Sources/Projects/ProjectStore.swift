import GRPC
import Journal
import Postgres

/// The table `project`.
struct ProjectStore: Sendable {
  let journal: Journal
  let pool: PostgresPool

  /// Also a deleted one, until all it held is gone.
  func find(_ project: ProjectID) async throws(RPCError) -> ProjectRow? {
    try await database { () async throws(PostgresError) in
      try await pool.lookup(ProjectQueries.find, project).first()
    }
  }

  /// Projects with ids after `id`, in order, at most `limit`.
  func list(
    after id: String, limit: Int, showDeleted: Bool
  ) async throws(RPCError) -> [ProjectRow] {
    try await database { () async throws(PostgresError) in
      try await pool.read(ProjectQueries.list, (id, Int64(limit), showDeleted)).decoded()
    }
  }

  /// Makes a project; the creation is the first change in it. Nil when the id is or was another one's.
  ///
  /// - Parameter scope: The call's; its request id counts in the new project.
  func create(_ draft: ProjectDraft, in scope: CallScope) async throws(RPCError) -> WriteResult<Stamp?> {
    try Self.checkHasNoLease(scope)
    var scope = scope
    scope.project = draft.id
    let result = try await journal.create(
      in: scope, keys: .client(ChosenKey(RowKey(.project, draft.id.text))),
      write: ProjectQueries.create.bind((scope, draft)), answer: { [] })
    switch result {
    case .repeated(let stored): return .repeated(stored)
    case .written(let rows):
      return .written(
        try database { () throws(PostgresError) in
          try ProjectQueries.create.results(rows).first(as: Stamp.self)
        })
    }
  }

  /// Changes a project. Throws PROJECT_NOT_FOUND or PROJECT_DELETED.
  ///
  /// - Parameter answer: The bytes of the answer, kept for a repetition of the request.
  func update(
    _ update: ProjectUpdate, in scope: CallScope, answer: @escaping (ProjectRow) -> [UInt8]
  ) async throws(RPCError) -> WriteResult<ProjectRow> {
    try await write(update.id, in: scope) { found throws(RPCError) in
      if found.deleteTime != nil { throw .projectDeleted(found.id.text) }
      let updated = found.updated(by: update)
      return WritePlan(
        updated,
        statements: VersionedKind.projects.superseding(rows: [[found.id.text]], in: found.id) + [
          ProjectQueries.update.bind(updated)
        ],
        changes: [.project(found, action: "updated")], answer: { answer(updated) })
    }.map { $0.value }
  }

  /// Deletes a project and begins to remove what it holds; has this server refuse calls in it. Of a project that is
  /// deleted already the removal goes on. Throws PROJECT_NOT_FOUND when there is none, or all it held is gone.
  ///
  /// - Parameter answer: The bytes of the answer without the time of the deletion, kept for a repetition of the
  ///   request.
  func delete(
    _ project: ProjectID, in scope: CallScope, answer: @escaping (ProjectRow) -> [UInt8]
  ) async throws(RPCError) -> WriteResult<ProjectRow> {
    let purge = Operations.beginning(
      ProjectPurge.kind, about: project.text, total: 0, in: .default, by: scope.principal)
    let result = try await write(project, in: scope) { found throws(RPCError) in
      if found.deleteTime != nil { return WritePlan(found, statements: [purge]) }
      return WritePlan(
        found,
        statements: VersionedKind.projects.superseding(rows: [[project.text]], in: project) + [
          ProjectQueries.delete.bind(project), purge,
        ],
        changes: [.project(found, action: "deleted")], answer: { answer(found) })
    }
    if scope.effect == .kept {
      await journal.forget([project])
      journal.operations.nudge()
    }
    return result.map { write in
      var row = write.value
      row.deleteTime = row.deleteTime ?? write.stamp?.at
      return row
    }
  }

  /// A lease is of one project, and what is made, changed or deleted here is another one.
  static func checkHasNoLease(_ scope: CallScope) throws(RPCError) {
    guard scope.lease != nil else { return }
    throw RPCError(
      .invalidArgument, .callMetadataInvalid,
      "projects are made, changed and deleted without a lease: leave the metadata cairn-lease out",
      ["key": "cairn-lease"])
  }

  private func write(
    _ project: ProjectID, in scope: CallScope,
    plan: @escaping (ProjectRow) throws(RPCError) -> WritePlan<ProjectRow>
  ) async throws(RPCError) -> WriteResult<PlannedWrite<ProjectRow>> {
    try Self.checkHasNoLease(scope)
    var scope = scope
    scope.project = project
    return try await journal.write(
      in: scope, locking: [WriteLock(.project, rows: [project.text], [ProjectQueries.lock.bind(project)])]
    ) { locked throws(RPCError) in
      let found: ProjectRow? = try database { () throws(PostgresError) in
        try ProjectQueries.lock.results(locked.rows[0]).first()
      }
      guard let found else { throw .projectNotFound(project.text) }
      return try plan(found)
    }
  }
}

extension ChangeRecord {
  fileprivate static func project(_ found: ProjectRow, action: String) -> ChangeRecord {
    ChangeRecord(
      kind: VersionedKind.projects.name, id: found.id.text, action: action, oldVersion: found.version,
      newVersion: found.version + 1)
  }
}

extension WriteResult {
  fileprivate func map<Other>(_ transform: (Written) -> Other) -> WriteResult<Other> {
    switch self {
    case .written(let written): .written(transform(written))
    case .repeated(let answer): .repeated(answer)
    }
  }
}
