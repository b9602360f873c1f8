import Postgres

/// A row of a history table that feeds deliver. A class conformer is cheap to hand to many watchers: one
/// reference each.
package protocol FeedRow: Sendable {
  var project: ProjectID { get }
  var position: Int64 { get }
  var ordinal: Int32 { get }

  init(decoding row: Row) throws(PostgresError)

  /// Rows of project `$1` after position `$2` and ordinal `$3`, up to position `$4`, at most `$5`, in order.
  static var pageStatement: Statement { get }
  /// Rows of the projects `$1` after position `$2` and up to position `$3`, at most `$4`, in order.
  static var tailStatement: Statement { get }
}

extension FeedRow {
  package var cursor: Cursor { Cursor(position: position, ordinal: ordinal) }

  static func decode(_ rows: Rows) throws(PostgresError) -> [Self] {
    var decoded: [Self] = []
    decoded.reserveCapacity(rows.count)
    for row in rows { decoded.append(try Self(decoding: row)) }
    return decoded
  }
}
