import CairnAPI
import EventLoop
import GRPC
import Postgres

extension Journal {
  /// Who calls, where and as part of what; the project exists.
  ///
  /// Throws CALL_METADATA_INVALID, PROJECT_NOT_FOUND or PROJECT_DELETED.
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
      guard let row = try await pool.lookup(JournalQueries.projectState, [project.text], for: caller).first
      else {
        return (true, true)
      }
      return (try row.decode(0), try row.decode(1))
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
