import Postgres

/// Whether a context is there for readers: the numbers of `context_life`.
enum ContextLife: Int64 {
  case there = 0
  /// Deleted, or expired, which is the same to readers.
  case deleted = 1
  /// About to be purged: no longer there for anybody.
  case purged = 2

  init(decoding row: Row, _ column: Column<Int64>) throws(PostgresError) {
    self = ContextLife(rawValue: try row.decode(column)) ?? .there
  }
}
