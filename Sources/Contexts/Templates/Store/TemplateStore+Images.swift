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
      let columns = found.columns
      var byPlace: [Int: Template] = [:]
      for row in found.rows {
        let place: Int = try row.decode(columns.place)
        guard try row.decode(columns.isWhole) else {
          return ChangedResources.Found(count: place, byPlace: byPlace)
        }
        byPlace[place] = try Template(decoding: row, columns.template)
      }
      return ChangedResources.Found(count: changes.count, byPlace: byPlace)
    }
  }
}
