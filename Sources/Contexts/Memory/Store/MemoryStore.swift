import Journal
import Postgres

/// Memories in PostgreSQL: contexts that are weighed, and that take each other's place.
struct MemoryStore: Sendable {
  let contexts: ContextStore

  var journal: Journal { contexts.journal }
  var pool: PostgresPool { contexts.pool }
  var configuration: ContextConfiguration { contexts.configuration }
}
