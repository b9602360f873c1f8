/// What a statement returned, and where its columns are.
package struct Results<Columns: ColumnLayout> {
  package let rows: Rows
  package let columns: Columns

  init(_ rows: Rows, _ columns: Columns) {
    self.rows = rows
    self.columns = columns
  }

  package var isEmpty: Bool { rows.isEmpty }
  package var count: Int { rows.count }

  /// All rows, decoded.
  package func decoded<Decoded: DecodableRow>(
    as _: Decoded.Type = Decoded.self
  ) throws(PostgresError) -> [Decoded] where Decoded.Columns == Columns {
    var decoded: [Decoded] = []
    decoded.reserveCapacity(rows.count)
    for row in rows { decoded.append(try Decoded(decoding: row, columns)) }
    return decoded
  }

  /// The first row, decoded; nil when there is none.
  package func first<Decoded: DecodableRow>(
    as _: Decoded.Type = Decoded.self
  ) throws(PostgresError) -> Decoded? where Decoded.Columns == Columns {
    guard let row = rows.first else { return nil }
    return try Decoded(decoding: row, columns)
  }

  /// What `body` makes of each row.
  package func map<T>(
    _ body: (Row, Columns) throws(PostgresError) -> T
  ) throws(PostgresError) -> [T] {
    var values: [T] = []
    values.reserveCapacity(rows.count)
    for row in rows { values.append(try body(row, columns)) }
    return values
  }
}

/// Something that is decoded from a row.
package protocol DecodableRow {
  associatedtype Columns: ColumnLayout
  init(decoding row: Row, _ columns: Columns) throws(PostgresError)
}

extension Results {
  /// The value of the only row; throws when there is not exactly one.
  package func value<Value>() throws(PostgresError) -> Value where Columns == OneColumn<Value> {
    try rows.only().decode(columns.value)
  }

  /// The values of all rows.
  package func values<Value>() throws(PostgresError) -> [Value] where Columns == OneColumn<Value> {
    try map { row, columns throws(PostgresError) in try row.decode(columns.value) }
  }
}

extension Rows {
  /// The columns as the server describes them.
  var columns: [ResultColumn] {
    (0..<columnCount).map { ResultColumn(name: columnName($0), type: columnType($0)) }
  }
}
