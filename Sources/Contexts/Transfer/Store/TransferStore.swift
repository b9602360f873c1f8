import Journal
import Postgres

/// What a project holds, out of PostgreSQL and into it: page by page, and batch by batch with the progress kept.
struct TransferStore: Sendable {
  let contexts: ContextStore

  var journal: Journal { contexts.journal }
  var pool: PostgresPool { contexts.pool }
}
