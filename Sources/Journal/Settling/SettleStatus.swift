import EventLoop
import Postgres

/// How far the journal is settled, and what holds it back.
package struct SettleStatus: Sendable {
  /// Every write at or below this position is committed or rolled back.
  package var settled: Int64
  /// A position that was drawn and waits for a transaction to end; nil when there is none.
  package var pending: Int64?
  /// Since when the pending position waits.
  package var pendingSince: Instant?
  /// The transaction that holds the feeds back; looked for after the lag threshold.
  package var blocker: Blocker?
  /// The error of the last round, in words without secrets; nil after one that succeeded.
  package var failure: String?

  /// How long the oldest pending position has been waiting; zero when there is none.
  package func lag(at now: Instant = .now) -> Duration { pendingSince.map { now - $0 } ?? .zero }

  /// The oldest transaction of the cluster that has an id. State and time of other roles' sessions are empty
  /// unless the server's role is a member of pg_read_all_stats.
  package struct Blocker: DecodableRow, Sendable, Equatable, CustomStringConvertible {
    /// The process, or 0 when it is a prepared transaction, which has none.
    package let process: Int32
    package let database: String
    package let user: String
    package let application: String
    /// `active`, `idle in transaction`, …, or `prepared`.
    package let state: String
    package let since: PostgresTimestamp?
    /// The name of a prepared transaction.
    package let preparedName: String

    /// The columns of `oldest_transaction`.
    package struct Columns: ColumnLayout {
      let process: Column<Int32>
      let database, user, application, state, preparedName: Column<String>
      let since: Column<PostgresTimestamp?>

      package init(_ find: inout ColumnFinder) {
        process = find("process")
        database = find("database")
        user = find("username")
        application = find("application")
        state = find("state")
        since = find("since")
        preparedName = find("prepared_name")
      }
    }

    package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
      process = try row.decode(columns.process)
      database = try row.decode(columns.database)
      user = try row.decode(columns.user)
      application = try row.decode(columns.application)
      state = try row.decode(columns.state)
      since = try row.decode(columns.since)
      preparedName = try row.decode(columns.preparedName)
    }

    /// The same without names that others chose, for anybody.
    package var ownWords: String {
      process == 0
        ? "a prepared transaction" : "process \(process) of the database\(state.isEmpty ? "" : " (\(state))")"
    }

    package var description: String {
      process == 0
        ? "prepared transaction '\(preparedName)' of \(user) in \(database)"
        : "process \(process) of \(user) in \(database) (\(application), \(state))"
    }
  }
}
