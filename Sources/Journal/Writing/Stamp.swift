import Postgres

/// Where a write stands in the journal, and when it drew its position.
package struct Stamp: Sendable, Hashable {
  package let position: Int64
  package let at: PostgresTimestamp

  package init(position: Int64, at: PostgresTimestamp) {
    self.position = position
    self.at = at
  }

  /// From two neighbouring columns, position and time.
  package init(decoding row: Row, at column: Int = 0) throws(PostgresError) {
    position = try row.decode(column)
    at = try row.decode(column + 1)
  }
}
