import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension ProjectStore {
  /// What changes left of projects, for feeds of several kinds.
  var changed: ChangedResources<Project> {
    ChangedResources(of: VersionedKind.projects.name, journal) { [pool] changes, project throws(RPCError) in
      try await Self.images(of: changes, in: project, pool)
    }
  }

  /// A project as changes left it. They are of the settings alone: a thousand characters each.
  private static func images(
    of changes: [Change], in project: ProjectID, _ pool: PostgresPool
  ) async throws(RPCError) -> ChangedResources<Project>.Found {
    try await database { () async throws(PostgresError) in
      let found = try await pool.read(ProjectQueries.images, (project, changes.map(\.position)))
      var byPlace: [Int: Project] = [:]
      for row in found.rows {
        byPlace[try row.decode(found.columns.place)] = Project(
          try ProjectRow(decoding: row, found.columns.project))
      }
      return ChangedResources.Found(count: changes.count, byPlace: byPlace)
    }
  }
}
