import Postgres
import Wire

/// In what a resource, or one row of a resource that has several, differs between two moments.
package struct Difference: Sendable, Hashable {
  /// As the journal names its kind and it.
  package let kind: String
  package let id: String
  /// Nil when it was not there at the earlier moment.
  package let earlier: State?
  /// Nil when it was not there at the later moment.
  package let later: State?
  /// The columns whose values differ; empty when it was changed and then changed back, or is there at one of the moments
  /// only.
  package let columns: [String]

  package struct State: Sendable, Hashable {
    package let version: Int64
    package let isDeleted: Bool
  }

  /// From a row of `compare_rows`.
  init(_ kind: String, _ ids: [String], decoding row: Row) throws(PostgresError) {
    self.kind = kind
    id = ids[try row.decode(0, as: Int.self)]
    earlier = try State(decoding: row, at: 1)
    later = try State(decoding: row, at: 3)
    columns = try row.decode(5)
  }
}

extension Difference.State {
  fileprivate init?(decoding row: Row, at column: Int) throws(PostgresError) {
    if row.isNull(column) { return nil }
    version = try row.decode(column)
    isDeleted = try row.decode(column + 1)
  }
}

/// Some of the differences between two moments.
package struct DifferencePage: Sendable {
  package let differences: [Difference]
  /// Where to go on; nil when these were the last.
  package let next: DifferenceCursor?
}

/// How far a comparison has come: the last of the changes between the two moments that it has looked at.
package struct DifferenceCursor: Sendable, DecodableRow {
  package let position: Int64
  package let ordinal: Int32
  package let kind: String
  package let id: String

  package struct Columns: ColumnLayout {
    let position: Column<Int64>
    let ordinal: Column<Int32>
    let kind, id: Column<String>

    package init(_ find: inout ColumnFinder) {
      position = find("position")
      ordinal = find("ordinal")
      kind = find("kind")
      id = find("id")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    position = try row.decode(columns.position)
    ordinal = try row.decode(columns.ordinal)
    kind = try row.decode(columns.kind)
    id = try row.decode(columns.id)
  }

  /// Whether both are of one resource, by one write.
  func isOfSameResource(as other: DifferenceCursor) -> Bool {
    position == other.position && kind == other.kind && id.hasSameBytes(as: other.id)
  }
}
