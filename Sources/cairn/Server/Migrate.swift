import EventLoop
import Operations
import Postgres

enum MigrateAction: Sendable {
  /// Apply what is pending.
  case up
  /// Print what is applied and what is pending.
  case status
}

/// Works on the tables of the configured database, embedded or outside.
///
/// - Parameter loop: the loop of the calling task, on the process's main thread.
func migrate(_ action: MigrateAction, configuration: Configuration, on loop: EventLoop)
  async throws(CommandError) -> ExitStatus
{
  let log = Log(level: configuration.logLevel)
  do throws(PostgresError) {
    let database = try Database.open(configuration, log: log, mustExist: action == .status)
    defer { database.cluster?.stop() }
    switch action {
    case .up: try migrateUp(database)
    case .status: try printStatus(database)
    }
    return .success
  } catch {
    throw CommandError(error)
  }
}

private func migrateUp(_ database: Database) throws(PostgresError) {
  let applied = try database.migrator.apply()
  for migration in applied { print("applied \(migration.module)/\(migration.version)_\(migration.name)") }
  if applied.isEmpty { print("nothing to do: the tables are up to date") }
}

private func printStatus(_ database: Database) throws(PostgresError) {
  for status in try database.migrator.status() {
    print("\(status.state)\t\(status.module)/\(status.version)_\(status.name)")
  }
}
