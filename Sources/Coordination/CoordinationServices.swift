import EventLoop
import GRPC
import Journal
import Postgres

/// The services of this module, one for each feature, over the same tables.
package struct CoordinationServices: Sendable {
  package let all: [any RPCService]
  let store: CoordinationStore

  /// Before ``Journal/start()``, because what happens has a feed of its own.
  package init(
    journal: Journal, pool: PostgresPool, blocking: BlockingPool,
    configuration: CoordinationConfiguration = CoordinationConfiguration()
  ) {
    store = CoordinationStore(journal: journal, pool: pool, configuration: configuration)
    all = []
  }
}
