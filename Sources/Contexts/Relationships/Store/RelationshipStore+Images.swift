import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension RelationshipStore {
  /// Relationships as changes left them, or as they were until then when a change took them away.
  static func images(
    of changes: [Change], in project: ProjectID, _ pool: PostgresPool
  ) async throws(RPCError) -> ChangedResources<Relationship>.Found {
    let wanted = changes.enumerated().compactMap { place, change in
      RelationshipKey(text: change.id).map {
        (
          place: place, change: change, key: $0,
          isGone: RelationshipChange.Kind.isGone(after: change.action)
        )
      }
    }
    return try await database { () async throws(PostgresError) in
      let found = try await pool.read(
        RelationshipQueries.images,
        (
          project, wanted.map(\.key), wanted.map(\.change.position),
          wanted.map { ($0.isGone ? $0.change.oldVersion : $0.change.newVersion) ?? 0 }, wanted.map(\.isGone)
        ))
      let columns = found.columns
      var byPlace: [Int: Relationship] = [:]
      for row in found.rows {
        byPlace[wanted[try row.decode(columns.place)].place] = try Relationship(
          decoding: row, columns.relationship)
      }
      return ChangedResources.Found(count: changes.count, byPlace: byPlace)
    }
  }
}
