import Journal
import Postgres

/// Relationships in PostgreSQL. Of contexts it asks only whether they are there.
struct RelationshipStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
}
