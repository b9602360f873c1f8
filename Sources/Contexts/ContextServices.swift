import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// The services of this module, one for each feature, over the same tables.
package struct ContextServices: Sendable {
  package let all: [any RPCService]
  /// What Reindex begins, for the server that runs operations.
  package let reindexing = Reindexing()
  /// What changes left, for feeds of several kinds.
  package let resources: [ChangedResources<WellKnown.`Any`>]
  let stores: ContextStores

  /// What writes of several kinds do here.
  package var commits: ContextCommits {
    ContextCommits(contexts: stores.contexts, relationships: stores.relationships)
  }

  /// What keeps versions here, for ``Journal/register(_:)``.
  package var kinds: [VersionedKind] { stores.kinds }

  /// - Parameter blocking: For work that would hold up a loop, such as reading a thousand records.
  package init(
    journal: Journal, pool: PostgresPool, blocking: BlockingPool,
    configuration: ContextConfiguration = ContextConfiguration()
  ) {
    let stores = ContextStores(journal: journal, pool: pool, configuration: configuration)
    self.stores = stores
    resources = [
      stores.contexts.changed(journal).packed(journal), stores.relationships.changed.packed(journal),
      stores.templates.changed.packed(journal),
    ]
    all = [
      ContextService(
        journal: journal, store: stores.contexts, searches: stores.search, versions: stores.versions,
        blocking: blocking),
      RelationshipService(
        journal: journal, store: stores.relationships, contexts: stores.contexts, blocking: blocking),
      MemoryService(journal: journal, store: stores.memory),
      TemplateService(
        journal: journal, store: stores.templates, contexts: stores.contexts, blocking: blocking),
      TransferService(journal: journal, store: stores.transfer, blocking: blocking),
    ]
  }
}
