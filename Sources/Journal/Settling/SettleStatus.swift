import EventLoop
import Postgres

/// How far the journal is settled, and what holds it back.
package struct SettleStatus: Sendable {
  /// Every write at or below this position is committed or gone.
  package var settled: Int64
  /// A position that was drawn and waits for a transaction to end; nil when there is none.
  package var pending: Int64?
  /// Since when the pending position waits.
  package var pendingSince: Instant?
  /// Who holds the feeds back; asked for after the lag threshold.
  package var blocker: Blocker?
  /// The error of the last round, in words that anybody may read; nil after one that succeeded.
  package var failure: String?

  /// How long the oldest pending position has been waiting; zero when there is none.
  package func lag(at now: Instant = .now) -> Duration { pendingSince.map { now - $0 } ?? .zero }

  /// The oldest transaction of the cluster that has an id. State and time of other roles' sessions are empty
  /// unless the server's role is a member of pg_read_all_stats.
  package struct Blocker: Sendable, Equatable, CustomStringConvertible {
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

    init(decoding row: Row) throws(PostgresError) {
      process = try row.decode(0)
      database = try row.decode(1)
      user = try row.decode(2)
      application = try row.decode(3)
      state = try row.decode(4)
      since = try row.decode(5)
      preparedName = try row.decode(6)
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
