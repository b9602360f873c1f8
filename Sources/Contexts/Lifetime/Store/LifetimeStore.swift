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
    _ query: Query<LifetimeQueries.Batch, OneColumn<String>>, in project: ProjectID, atMost count: Int
  ) async throws(RPCError) -> [String] {
    try await database { () async throws(PostgresError) in
      try await pool.read(query, (project, count)).values()
    }
  }
}
