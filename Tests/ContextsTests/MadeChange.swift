import CLibpq
import Glibc
import Journal
import Testing

@testable import Postgres

extension Change {
  /// A row as feeds deliver it, made without a database: of what a rule looks at, it has what is given.
  static func made(_ kind: String, _ id: String, _ action: String) throws -> Change {
    let text: (String) -> [UInt8]? = { Array($0.utf8) }
    let values: [(name: String, type: PostgresType, bytes: [UInt8]?)] = [
      ("project_id", .text, text("p")), ("position", .int8, .zeros(8)), ("ordinal", .int4, .zeros(4)),
      ("at", .timestamptz, .zeros(8)), ("principal", .text, text("")), ("agent", .text, nil),
      ("session", .text, nil), ("task", .text, nil), ("lease", .text, nil), ("lease_epoch", .int8, nil),
      ("operation", .text, text("")), ("kind", .text, text(kind)), ("id", .text, text(id)),
      ("action", .text, text(action)), ("old_version", .int8, nil), ("new_version", .int8, nil),
    ]
    let rows = try Rows(values)
    var find = ColumnFinder(values.map { ResultColumn(name: $0.name, type: $0.type) })
    let columns = Columns(&find)
    try #require(find.problems.isEmpty && find.unread.isEmpty)
    return try Change(decoding: rows[0], columns)
  }
}

extension [UInt8] {
  fileprivate static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
}

extension Rows {
  /// One row, its values in PostgreSQL's binary form. libpq copies names and values.
  fileprivate convenience init(_ values: [(name: String, type: PostgresType, bytes: [UInt8]?)]) throws {
    let result = try #require(PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK))
    var descriptions = values.map {
      PGresAttDesc(
        name: strdup($0.name), tableid: 0, columnid: 0, format: 1, typid: $0.type.oid, typlen: -1,
        atttypmod: -1)
    }
    defer { for description in descriptions { free(description.name) } }
    try #require(PQsetResultAttrs(result, Int32(values.count), &descriptions) != 0)
    for (column, value) in values.enumerated() {
      var bytes = (value.bytes ?? []).map { CChar(bitPattern: $0) }
      let length = value.bytes.map { Int32($0.count) } ?? -1
      try #require(PQsetvalue(result, 0, Int32(column), &bytes, length) != 0)
    }
    self.init(result)
  }
}
