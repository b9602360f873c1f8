import Journal
import Postgres
import TestSupport

@testable import Contexts

extension TestSchema {
  static let contexts = TestSchema(JournalMigrations.all + ContextMigrations.all)
}

/// The stores on a database of their own.
struct TestStore: Sendable {
  let stores: ContextStores
  let server: TestServer

  var store: ContextStore { stores.contexts }
  var pool: PostgresPool { server.pool }
  var journal: Journal { server.journal }
  var scope: CallScope { CallScope(operation: "test.Contexts/Write") }

  /// Round trips that `body` takes.
  func roundTrips(_ body: () async throws -> Void) async throws -> Int { try await server.roundTrips(body) }
}

/// Runs `body` on a loop with the stores on a fresh database. Nothing else uses its connections: the journal is not started.
func withStore<T: Sendable>(
  _ contexts: ContextConfiguration = ContextConfiguration(),
  _ body: @escaping @Sendable (TestStore) async throws -> T
) async throws -> T {
  let database = try TestDatabase(.contexts)
  let server = try TestServer(database.url, { $0.listensForHints = false })
  let stores = ContextStores(journal: server.journal, pool: server.pool, configuration: contexts)
  let result = try await server.run { try await body(TestStore(stores: stores, server: server)) }
  withExtendedLifetime(database) {}
  return result
}
