import Postgres

/// Where a write stands in the journal, and when it drew its position.
package struct Stamp: Sendable, Hashable, DecodableRow {
  package let position: Int64
  package let at: PostgresTimestamp

  package init(position: Int64, at: PostgresTimestamp) {
    self.position = position
    self.at = at
  }

  package init(decoding row: Row, _ columns: StampColumns) throws(PostgresError) {
    position = try row.decode(columns.position)
    at = try row.decode(columns.at)
  }
}

/// Position and time of a write, as the statement returns them that is the whole write.
package struct StampColumns: ColumnLayout {
  let position: Column<Int64>
  let at: Column<PostgresTimestamp>

  package init(_ find: inout ColumnFinder) {
    position = find("position")
    at = find("at")
  }
}

/// The columns of `draw_position`. The setting is made for the view `drawn`.
struct DrawColumns: ColumnLayout {
  let stamp: StampColumns
  let setting: Column<String>

  init(_ find: inout ColumnFinder) {
    stamp = StampColumns(&find)
    setting = find("set_config")
  }
}
