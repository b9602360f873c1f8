import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// Relationships in PostgreSQL. Of contexts it asks only whether they are there.
struct RelationshipStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
  /// What changes left of them.
  let changed: ChangedResources<Relationship>

  init(journal: Journal, pool: PostgresPool) {
    self.journal = journal
    self.pool = pool
    changed = ChangedResources(of: "relationship", journal) { changes, project throws(RPCError) in
      try await Self.images(of: changes, in: project, pool)
    }
  }
}
