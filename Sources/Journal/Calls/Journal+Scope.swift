import CairnAPI
import EventLoop
import GRPC
import Postgres

extension Journal {
  /// The project that a call reads in; it exists. What only writes need, such as who calls, is checked and not kept.
  ///
  /// - Parameter named: The project that the request names, empty for none.
  /// - Throws: CALL_METADATA_INVALID, FIELD_INVALID, PROJECT_NOT_FOUND or PROJECT_DELETED.
  package func project(_ named: String, _ call: CallContext) async throws(RPCError) -> ProjectID {
    var given: ProjectID?
    try CallKey.read(call.metadata) { key, value in
      if key == .project { given = ProjectID(unchecked: String(decoding: value, as: UTF8.self)) }
    }
    let project = try ProjectID.agreed(metadata: given, request: named)
    try await require(project, on: call.loop, for: call.connection)
    return project
  }

  /// For a write: who calls, where and as part of what, with the request that the call is, if the caller named it; the project exists. The
  /// caller is told which journal it writes to, by the response metadata `cairn-journal-id`.
  ///
  /// - Parameter named: The project that the request names, empty for none.
  /// - Throws: CALL_METADATA_INVALID, FIELD_INVALID, PROJECT_NOT_FOUND or PROJECT_DELETED.
  package func scope(
    _ named: String, _ call: CallContext, for request: RequestKey? = nil
  ) async throws(RPCError) -> CallScope {
    var scope = try CallScope(metadata: call.metadata, path: call.path, project: named)
    try await require(scope.project, on: call.loop, for: call.connection)
    try await name(to: call)
    scope.request = request
    return scope
  }

  /// Who calls, for methods that manage projects and are in none.
  ///
  /// - Throws: CALL_METADATA_INVALID.
  package func caller(_ call: CallContext, request: RequestKey?) async throws(RPCError) -> CallScope {
    var scope = try CallScope(metadata: call.metadata, path: call.path)
    scope.request = request
    try await name(to: call)
    return scope
  }

  package func scope(_ call: CallContext, for request: RequestKey? = nil) async throws(RPCError) -> CallScope
  {
    try await scope("", call, for: request)
  }

  /// Throws PROJECT_NOT_FOUND when there is no such project, PROJECT_DELETED when it is deleted. Asks the database once
  /// per project and loop. Calls that last ask again now and then: the project may be deleted meanwhile.
  ///
  /// - Parameter caller: The connection of the call, whose look-ups take turns with those of others.
  package func require(
    _ project: ProjectID, on loop: EventLoop, for caller: Int64 = 0
  ) async throws(RPCError) {
    let projects = loops[loop].projects
    if projects.contains(project) { return }
    let generation = projects.generation
    let (isDeleted, isPurged) = try await database { () async throws(PostgresError) -> (Bool, Bool) in
      let found = try await pool.lookup(JournalQueries.projectState, project, for: caller)
      guard let row = found.rows.first else { return (true, true) }
      return (try row.decode(found.columns.isDeleted), try row.decode(found.columns.isPurged))
    }
    if isPurged { throw .projectNotFound(project.text) }
    if isDeleted { throw .projectDeleted(project.text) }
    projects.insert(project, seenIn: generation)
  }

  /// Has this server refuse what is asked of projects that were deleted, and end their feeds. Other servers hear of a
  /// deletion when its position is settled.
  package func forget(_ deleted: [ProjectID]) async {
    await loops.forget(deleted)
    feeds.end(deleted)
  }
}

extension PerLoop<JournalLoop> {
  func forget(_ deleted: [ProjectID]) async {
    for each in all { await each.projects.loop.run { each.projects.forget(deleted) } }
  }
}
