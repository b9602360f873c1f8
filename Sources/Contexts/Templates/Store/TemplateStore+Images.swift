import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension TemplateStore {
  /// Templates as changes left them.
  static func images(
    of changes: [Change], in project: ProjectID, _ pool: PostgresPool
  ) async throws(RPCError) -> ChangedResources<Template>.Found {
    try await database { () async throws(PostgresError) in
      let found = try await pool.read(
        TemplateQueries.images,
        (project, changes.map(\.id), changes.map(\.position), Limits.imageBytes))
      return try found.found(for: changes.count) { row, columns throws(PostgresError) in
        try Template(decoding: row, columns)
      }
    }
  }
}
