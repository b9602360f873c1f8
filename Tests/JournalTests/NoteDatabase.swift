import Journal
import Postgres
import TestSupport

extension TestSchema {
  /// The journal, and the tests' own domain.
  static let notes = TestSchema(JournalMigrations.all) { try $0.createNotes() }
}

extension BlockingConnection {
  /// Creates the table of the tests' own domain.
  func createNotes() throws {
    try execute(
      """
      CREATE TABLE note (
        project_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version bigint NOT NULL,
        body text NOT NULL, position bigint NOT NULL, at timestamptz NOT NULL,
        PRIMARY KEY (project_id, id))
      """)
  }
}

extension TestDatabase {
  /// What coordination will do: gives a lease out, or to somebody else under a higher epoch.
  func grantLease(_ id: String, epoch: Int64, in project: ProjectID = .default) throws {
    try connect().query(
      """
      INSERT INTO lease (project_id, lease_id, epoch, holder, until)
      VALUES ($1, $2, $3, 'test', clock_timestamp() + '1 minute')
      ON CONFLICT (project_id, lease_id) DO UPDATE SET epoch = excluded.epoch
      """, [project.text, id, epoch])
  }
}

/// Runs `body` on the first loop of a server with a fresh database, which has notes.
func withServer<T: Sendable>(
  _ configure: (inout JournalConfiguration) -> Void = { _ in },
  pool configurePool: (inout PoolConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable (TestServer, TestDatabase) async throws -> T
) async throws -> T {
  try await withServer(.notes, configure, pool: configurePool, body)
}
