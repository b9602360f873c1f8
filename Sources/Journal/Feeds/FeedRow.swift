import Postgres
import Wire

/// A row of a history table that feeds deliver. A class conformer is cheap to hand to many watchers: one
/// reference each.
package protocol FeedRow: Sendable {
  var project: ProjectID { get }
  var position: Int64 { get }
  var ordinal: Int32 { get }
  /// What watchers of only a part of the project follow, such as a session; nil for rows without.
  var key: TextKey? { get }

  init(decoding row: Row) throws(PostgresError)

  /// Rows of project `$1` after position `$2` and ordinal `$3`, up to position `$4`, at most `$5`, in order.
  static var pageStatement: Statement { get }
  /// Rows of the projects `$1` after position `$2` and up to position `$3`, at most `$4`, in order.
  static var tailStatement: Statement { get }
  /// How rows are read by key; nil where they have none.
  static var keyedStatements: KeyedStatements? { get }
}

/// Reads by key; the history's table has an index for them that begins with project and key.
package struct KeyedStatements: Sendable {
  /// As ``FeedRow/pageStatement``, of the key `$6`.
  let page: Statement
  /// Rows after position `$3` and up to position `$4`, at most `$5`, in order, whose project and key stand side by side
  /// in `$1` and `$2`.
  let tail: Statement

  package init(page: Statement, tail: Statement) {
    self.page = page
    self.tail = tail
  }
}

extension FeedRow {
  package var key: TextKey? { nil }
  package static var keyedStatements: KeyedStatements? { nil }

  package var cursor: Cursor { Cursor(position: position, ordinal: ordinal) }

  static func decode(_ rows: Rows) throws(PostgresError) -> [Self] {
    var decoded: [Self] = []
    decoded.reserveCapacity(rows.count)
    for row in rows { decoded.append(try Self(decoding: row)) }
    return decoded
  }
}
