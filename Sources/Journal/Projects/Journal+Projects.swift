import CairnAPI
import EventLoop
import GRPC
import Postgres

extension Journal {
  /// Who calls, where and as part of what; the project exists.
  ///
  /// Throws CALL_METADATA_INVALID or PROJECT_NOT_FOUND.
  package func scope(_ call: CallContext) async throws(RPCError) -> CallScope {
    let scope = try CallScope(metadata: call.metadata, path: call.path)
    try await require(scope.project, on: call.loop, for: call.connection)
    return scope
  }

  /// Who calls and where, with the request that the call is, if the caller named it.
  package func scope(_ call: CallContext, _ request: RequestKey?) async throws(RPCError) -> CallScope {
    var scope = try await scope(call)
    scope.request = request
    return scope
  }

  /// Throws PROJECT_NOT_FOUND when there is no such project. Asks the database once per project and loop.
  package func require(
    _ project: ProjectID, on loop: EventLoop, for caller: Int64 = 0
  ) async throws(RPCError) {
    if self.loops[loop].projects.contains(project) { return }
    guard try await findProject(project, for: caller) != nil else { throw .projectNotFound(project.text) }
    self.loops[loop].projects.insert(project)
  }

  package func findProject(
    _ project: ProjectID, for caller: Int64 = 0
  ) async throws(RPCError) -> ProjectRow? {
    do throws(PostgresError) {
      let rows = try await pool.lookup(JournalQueries.findProject, [project.text], for: caller)
      return try rows.first.map { row throws(PostgresError) in try ProjectRow(decoding: row) }
    } catch { throw RPCError(error) }
  }

  /// Projects with ids after `id`, in order, at most `limit`.
  package func listProjects(after id: String, limit: Int) async throws(RPCError) -> [ProjectRow] {
    do throws(PostgresError) {
      let rows = try await pool.read(JournalQueries.listProjects, [id, Int64(limit)])
      return try rows.map { row throws(PostgresError) in try ProjectRow(decoding: row) }
    } catch { throw RPCError(error) }
  }

  /// Makes a project; the creation is the first change in it. Nil when the id is taken.
  ///
  /// - Parameter scope: The call's; its request id counts in the new project.
  package func createProject(
    _ id: ProjectID, title: String, searchLanguage: String, _ scope: CallScope, answer: () -> [UInt8]
  ) async throws(RPCError) -> WriteResult<Stamp?> {
    var scope = scope
    scope.project = id
    let result = try await create(
      scope, keys: .client(ChosenKey(RowKey("project", id.text))), JournalQueries.createProject,
      scope.parameters + [title, searchLanguage],
      answer: answer)
    switch result {
    case .repeated(let stored): return .repeated(stored)
    case .written(let rows):
      do throws(PostgresError) {
        return .written(try rows.first.map { row throws(PostgresError) in try Stamp(decoding: row) })
      } catch { throw RPCError(error) }
    }
  }

  /// Changes the project of `scope`: what is nil stays as it is. Nil when there is no such project.
  ///
  /// - Parameter answer: The bytes of the answer, kept for a repetition of the request.
  package func updateProject(
    title: String?, searchLanguage: String?, _ scope: CallScope,
    answer: @escaping (ProjectRow) -> [UInt8]
  ) async throws(RPCError) -> WriteResult<ProjectRow?> {
    let project = scope.project.text
    let result = try await write(
      scope, queueing: [RowKey("project", project)],
      locking: [JournalQueries.lockProjectRow.bind([project])]
    ) {
      locked throws(RPCError) -> WritePlan<ProjectRow?> in
      let found = try database { () throws(PostgresError) in
        try locked.rows[0].first.map { row throws(PostgresError) in try ProjectRow(decoding: row) }
      }
      guard let updated = found?.updated(title: title, searchLanguage: searchLanguage) else {
        return WritePlan(nil)
      }
      let change = ChangeRecord(
        kind: "project", id: project, action: "updated", oldVersion: nil, newVersion: nil)
      return WritePlan(
        updated,
        statements: [
          JournalQueries.updateProject.bind([project, updated.title, updated.searchLanguage])
        ],
        changes: [change], answer: { answer(updated) })
    }
    switch result {
    case .written(let write): return .written(write.value)
    case .repeated(let stored): return .repeated(stored)
    }
  }
}
