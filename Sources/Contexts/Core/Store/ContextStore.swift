import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// Contexts in PostgreSQL: the core that the stores of the other rooms stand on.
///
/// Writes go through the journal, which says in which order; what was decided about each item travels as a
/// `Result`, so that one refused item of a batch is no error of the others.
package struct ContextStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
  let configuration: ContextConfiguration
  /// The words of what was written.
  let words: WordStore
  /// Images that watchers wait for.
  let watchedImages: PerLoop<SharedWork<WatchedImages, ContextImages>>

  package init(
    journal: Journal, pool: PostgresPool, configuration: ContextConfiguration = ContextConfiguration()
  ) {
    self.journal = journal
    self.pool = pool
    self.configuration = configuration
    words = WordStore(pool: pool, configuration: configuration)
    watchedImages = journal.sharedWork(WatchedImages.self, ContextImages.self)
  }

  /// From a deletion to the purge, as a parameter.
  var retentionSeconds: Double { configuration.retention / .seconds(1) }
}
