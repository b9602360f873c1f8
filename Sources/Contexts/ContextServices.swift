import EventLoop
import GRPC
import Journal
import Postgres

/// The services of this module, one for each feature, over the same tables.
package struct ContextServices: Sendable {
  package let all: [any RPCService]
  /// What Reindex begins, for the server that runs operations.
  package let reindexing = Reindexing()
  let store: ContextStore

  /// - Parameter blocking: For work that would hold up a loop, such as reading a thousand records.
  package init(
    journal: Journal, pool: PostgresPool, blocking: BlockingPool,
    configuration: ContextConfiguration = ContextConfiguration()
  ) {
    let store = ContextStore(journal: journal, pool: pool, configuration: configuration)
    self.store = store
    all = [
      ContextService(journal: journal, store: store, blocking: blocking),
      RelationshipService(journal: journal, store: store, blocking: blocking),
      MemoryService(journal: journal, store: store),
      TemplateService(journal: journal, store: store, blocking: blocking),
      TransferService(journal: journal, store: store, blocking: blocking),
    ]
  }
}
