import GRPC
import Journal
import Postgres

/// The ends of contexts: those that have expired, and those whose time to be brought back is over.
struct LifetimeStore: Sendable {
  let contexts: ContextStore
  let relationships: RelationshipStore

  var journal: Journal { contexts.journal }
  var pool: PostgresPool { contexts.pool }
  var configuration: ContextConfiguration { contexts.configuration }

  /// The ids that a statement about a project finds.
  func ids(
    _ statement: Statement, in project: ProjectID, atMost count: Int
  ) async throws(RPCError) -> [String] {
    try await database { () async throws(PostgresError) in
      var ids: [String] = []
      for row in try await pool.read(statement, [project.text, count]) { ids.append(try row.decode(0)) }
      return ids
    }
  }
}
