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
      let rows = try await pool.read(
        TemplateQueries.images,
        [project.text, changes.map(\.id), changes.map(\.position), Limits.imageBytes])
      var byPlace: [Int: Template] = [:]
      for row in rows {
        let place: Int = try row.decode(7)
        guard try row.decode(8) else { return ChangedResources.Found(count: place, byPlace: byPlace) }
        byPlace[place] = try Template(decoding: row)
      }
      return ChangedResources.Found(count: changes.count, byPlace: byPlace)
    }
  }
}
