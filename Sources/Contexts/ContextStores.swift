import Journal
import Postgres

/// The stores of this module. Each is about the tables of its room; what another room wants of them it asks the store, or
/// takes statements from it for a write of its own. All stand on the core, contexts, and none beside it on more than one.
struct ContextStores: Sendable {
  let contexts: ContextStore
  let relationships: RelationshipStore
  let templates: TemplateStore
  let search: SearchStore
  let memory: MemoryStore
  let versions: VersionStore
  let transfer: TransferStore
  let lifetime: LifetimeStore

  init(
    journal: Journal, pool: PostgresPool, configuration: ContextConfiguration = ContextConfiguration()
  ) {
    contexts = ContextStore(journal: journal, pool: pool, configuration: configuration)
    relationships = RelationshipStore(journal: journal, pool: pool)
    templates = TemplateStore(journal: journal, pool: pool)
    search = SearchStore(pool: pool, configuration: configuration)
    memory = MemoryStore(contexts: contexts)
    versions = VersionStore(contexts: contexts)
    transfer = TransferStore(contexts: contexts)
    lifetime = LifetimeStore(contexts: contexts, relationships: relationships)
  }
}
