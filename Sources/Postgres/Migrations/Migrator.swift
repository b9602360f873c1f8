import Glibc

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
  private let rights: [TableRights]

  /// - Parameters:
  ///   - migrations: In the order in which modules depend on each other, each module's by version.
  ///   - url: Connects as the owner of the tables.
  ///   - role: Gets the rights to use (not own) what migrations create; nil when it is the owner, whose rights
  ///     cannot be taken.
  ///   - rights: What the role may do with which table.
  package init(_ migrations: [Migration], url: String, role: String? = nil, rights: [TableRights] = []) {
    let keys = Set(migrations.map { "\($0.module)/\($0.version)" })
    precondition(keys.count == migrations.count, "two migrations have the same version")
    self.migrations = migrations
    self.url = url
    self.role = role
    self.rights = rights
  }

  /// Applies what is pending, each in a transaction of its own, and returns what it applied. Safe
  /// when two servers do it at once. Throws `migration` when the database was made by a newer
  /// version or a recorded file was changed since.
  ///
  /// A migration that would wait for a lock gives it up quickly, lets those pass that queue behind it, and is tried
  /// again, for a minute in all.
  @discardableResult
  package func apply() throws(PostgresError) -> [Migration] {
    let connection = try BlockingConnection(url: url)
    try prepare(connection)
    var applied: [Migration] = []
    while true {
      switch try patiently({ () throws(PostgresError) in try takeStep(connection) }) {
      case .batch: continue
      case .applied(let migration): applied.append(migration)
      case .nothing:
        try grantRights(connection)
        return applied
      }
    }
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

  private enum Step {
    case applied(Migration)
    /// A part of a batched migration.
    case batch
    /// Everything is applied.
    case nothing
  }

  /// How long a statement of a migration waits for a lock. Whoever needs the table meanwhile waits behind it.
  private static let lockTimeout = "SET LOCAL lock_timeout = '500ms'"
  private static let attempts = 60
  private static let pauseMicroseconds: UInt32 = 500_000

  private func patiently(_ step: () throws(PostgresError) -> Step) throws(PostgresError) -> Step {
    for _ in 1..<Self.attempts {
      do throws(PostgresError) { return try step() } catch {
        guard error.isLockTimeout || error.isSerializationFailure else { throw error }
      }
      usleep(Self.pauseMicroseconds)
    }
    return try step()
  }

  private func prepare(_ connection: BlockingConnection) throws(PostgresError) {
    let script = """
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
    try inTransaction(on: connection) { () throws(PostgresError) in
      try connection.execute(script)
      try connection.execute("COMMIT")
    }
  }

  private func grantRights(_ connection: BlockingConnection) throws(PostgresError) {
    guard let role else { return }
    try inTransaction(on: connection) { () throws(PostgresError) in
      try connection.execute("BEGIN")
      try connection.query(Self.lock)
      let known = rights.map(\.table) + ["cairn_migration"]
      var tables = rights
      for row in try connection.query(TableRights.others, [known]) {
        tables.append(TableRights(try row.decode(0), .insert, .update, .delete))
      }
      try connection.execute(TableRights.script(tables, for: BlockingConnection.quoted(role)))
      try connection.execute("COMMIT")
    }
  }

  /// Applies the first pending migration, or a part of it. The plan is made anew under the lock each time: another
  /// server may have been faster.
  private func takeStep(_ connection: BlockingConnection) throws(PostgresError) -> Step {
    var step = Step.nothing
    try inTransaction(on: connection) { () throws(PostgresError) in
      try connection.execute("BEGIN")
      try connection.query(Self.lock)
      let plan = MigrationPlan(migrations, try records(connection))
      if let refusal = plan.refusal { throw refusal }
      guard let next = plan.pending.first else { return try connection.execute("ROLLBACK") }
      try connection.execute(Self.lockTimeout)
      let isDone = try run(next, on: connection)
      if isDone { try record(next, on: connection) }
      try connection.execute("COMMIT")
      step = isDone ? .applied(next) : .batch
    }
    return step
  }

  /// Returns whether nothing of the migration is left to do.
  private func run(
    _ migration: Migration, on connection: BlockingConnection
  ) throws(PostgresError) -> Bool {
    do throws(PostgresError) {
      if migration.isBatched { return try connection.query(migration.sql).affectedCount == 0 }
      try connection.execute(migration.sql)
      return true
    } catch {
      throw PostgresError(
        .migration,
        "migration \(migration.module)/\(migration.version)_\(migration.name) failed and was rolled "
          + "back: \(error)", server: error.server)
    }
  }

  private func record(
    _ migration: Migration, on connection: BlockingConnection
  ) throws(PostgresError) {
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
    on connection: BlockingConnection, body: () throws(PostgresError) -> Void
  ) throws(PostgresError) {
    do throws(PostgresError) {
      try body()
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
  }
}
