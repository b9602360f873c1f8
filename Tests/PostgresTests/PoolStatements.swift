import TestSupport

@testable import Postgres

// What the tests of the pool ask.
extension Statement {
  static let nap = Statement("nap", "SELECT pg_sleep($1::float8)::text")
  static let held = Statement("held", "SELECT pg_advisory_xact_lock(5, 5)::text")
  static let one = Statement("one", "SELECT 1::int8")
  static let backend = Statement("backend", "SELECT pg_backend_pid()::int8")
}

extension TestDatabase {
  /// How many naps are under way.
  static let runningNaps =
    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()"

  /// Connections of ours at the database, asked beside the pool.
  func connections(_ admin: BlockingConnection) throws -> Int64 {
    try admin.query(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      """, [name]
    ).value()
  }
}
