/// Brings a database's schema up to date.
///
/// Blocking: call it before the loops serve, or on the ``BlockingPool``.
package struct Migrator: Sendable {
  /// One migration as the database and the program see it.
  package struct Status: Sendable, Equatable {
    package enum State: Sendable, Equatable {
      case applied, pending
      /// Applied, and its file was edited since.
      case changed
      /// Applied by a newer version of the program.
      case unknown
    }
    package let module: String
    package let version: Int
    package let name: String
    package let state: State
  }

  private let migrations: [Migration]
  private let url: String
  private let role: String?

  /// - Parameters:
  ///   - migrations: In the order in which modules depend on each other, each module's by version.
  ///   - url: Connects as the owner of the tables.
  ///   - role: Gets the rights to use (not own) what migrations create; nil when it is the owner.
  package init(_ migrations: [Migration], url: String, role: String? = nil) {
    let keys = Set(migrations.map { "\($0.module)/\($0.version)" })
    precondition(keys.count == migrations.count, "two migrations have the same version")
    self.migrations = migrations
    self.url = url
    self.role = role
  }

  /// Applies what is pending, each in a transaction of its own, and returns what it applied. Safe
  /// when two servers do it at once. Throws `migration` when the database was made by a newer
  /// version or a recorded file was changed since.
  @discardableResult
  package func apply() throws(PostgresError) -> [Migration] {
    let connection = try BlockingConnection(url: url)
    try prepare(connection)
    var applied: [Migration] = []
    while let migration = try applyNext(connection) { applied.append(migration) }
    return applied
  }

  /// Compares the database with the program; changes nothing.
  package func status() throws(PostgresError) -> [Status] {
    let connection = try BlockingConnection(url: url)
    return MigrationPlan(migrations, try records(connection)).states
  }

  /// Throws what ``apply()`` would refuse with, and says whether something is pending.
  package func check() throws(PostgresError) -> Bool {
    let plan = MigrationPlan(migrations, try records(try BlockingConnection(url: url)))
    if let refusal = plan.refusal { throw refusal }
    return !plan.pending.isEmpty
  }

  // MARK: Inside

  private static let lock = "SELECT pg_advisory_xact_lock(\(AdvisoryLockClass.migrations.rawValue), 0)"

  private func prepare(_ connection: BlockingConnection) throws(PostgresError) {
    var script = """
      BEGIN;
      \(Self.lock);
      CREATE TABLE IF NOT EXISTS cairn_migration (
        module text NOT NULL,
        version int NOT NULL,
        name text NOT NULL,
        checksum bytea NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (module, version)
      );

      """
    if let role { script += grants(to: BlockingConnection.quoted(role)) }
    try inTransaction(connection) { () throws(PostgresError) in
      try connection.execute(script)
      try connection.execute("COMMIT")
    }
  }

  /// Rights on what exists and on what later migrations create; never ownership.
  private func grants(to role: String) -> String {
    """
    GRANT USAGE ON SCHEMA public TO \(role);
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(role);
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO \(role);
    ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role);
    ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO \(role);
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO \(role);

    """
  }

  /// Applies the first pending migration. The plan is made anew under the lock each time: another
  /// server may have been faster.
  private func applyNext(_ connection: BlockingConnection) throws(PostgresError) -> Migration? {
    var applied: Migration?
    try inTransaction(connection) { () throws(PostgresError) in
      try connection.execute("BEGIN")
      try connection.query(Self.lock)
      let plan = MigrationPlan(migrations, try records(connection))
      if let refusal = plan.refusal { throw refusal }
      guard let next = plan.pending.first else { return try connection.execute("ROLLBACK") }
      try run(next, connection)
      try connection.execute("COMMIT")
      applied = next
    }
    return applied
  }

  private func run(
    _ migration: Migration, _ connection: BlockingConnection
  ) throws(PostgresError) {
    do throws(PostgresError) {
      try connection.execute(migration.sql)
    } catch {
      throw PostgresError(
        .migration,
        "migration \(migration.module)/\(migration.version)_\(migration.name) failed and was rolled "
          + "back: \(error)", server: error.server)
    }
    try connection.query(
      "INSERT INTO cairn_migration (module, version, name, checksum) VALUES ($1, $2, $3, $4)",
      [migration.module, Int32(migration.version), migration.name, Checksum.of(migration.sql)])
  }

  private func records(
    _ connection: BlockingConnection
  ) throws(PostgresError) -> [MigrationPlan.Record] {
    let exists = try connection.query("SELECT to_regclass('cairn_migration') IS NOT NULL")
    guard try exists.only().decode(0, as: Bool.self) else { return [] }
    let rows = try connection.query(
      "SELECT module, version, name, checksum FROM cairn_migration ORDER BY applied_at, module, version")
    var records: [MigrationPlan.Record] = []
    for row in rows {
      records.append(
        .init(
          module: try row.decode(0), version: Int(try row.decode(1, as: Int32.self)),
          name: try row.decode(2), checksum: try row.decode(3)))
    }
    return records
  }

  private func inTransaction(
    _ connection: BlockingConnection, _ body: () throws(PostgresError) -> Void
  ) throws(PostgresError) {
    do throws(PostgresError) {
      try body()
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
  }
}
