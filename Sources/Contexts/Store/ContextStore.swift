import CairnAPI
import GRPC
import Journal
import Postgres

/// Contexts in PostgreSQL.
///
/// Writes go through the journal, which says in which order; what was decided about each item travels as a
/// `Result`, so that one refused item of a batch is no error of the others.
package struct ContextStore: Sendable {
  let journal: Journal
  let pool: PostgresPool

  package init(journal: Journal, pool: PostgresPool) {
    self.journal = journal
    self.pool = pool
  }
}

/// What became of one item.
typealias ItemOutcome = Result<Context, RPCError>
