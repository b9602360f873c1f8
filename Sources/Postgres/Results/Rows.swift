import CLibpq

/// What a statement returned. Keeps libpq's result and decodes straight from its memory.
///
/// Usable from any thread: nothing changes a result once it is there.
package final class Rows: RandomAccessCollection, @unchecked Sendable {
  let result: OpaquePointer
  package let count: Int
  private let first: Int32
  /// The owner of the result; nil for this.
  private let whole: Rows?

  /// Takes over `result`.
  init(_ result: OpaquePointer) {
    self.result = result
    count = Int(PQntuples(result))
    first = 0
    whole = nil
  }

  /// Some rows of others; what the command tag says is still of all of them.
  private init(_ rows: Range<Int>, of whole: Rows) {
    result = whole.result
    count = rows.count
    first = Int32(truncatingIfNeeded: rows.lowerBound)
    self.whole = whole
  }

  deinit { if whole == nil { PQclear(result) } }

  /// One of the rows by itself.
  func part(_ index: Int) -> Rows {
    precondition(whole == nil && index >= 0 && index < count, "row \(index) of \(count)")
    return Rows(index..<index + 1, of: self)
  }

  /// None of the rows.
  var none: Rows { Rows(0..<0, of: self) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Row {
    precondition(index >= 0 && index < count, "row \(index) of \(count)")
    return Row(rows: self, index: first + Int32(truncatingIfNeeded: index))
  }

  package var columnCount: Int { Int(PQnfields(result)) }

  package func columnName(_ column: Int) -> String {
    PQfname(result, Int32(column)).map { String(cString: $0) } ?? ""
  }

  func columnType(_ column: Int) -> PostgresType { PostgresType(oid: PQftype(result, Int32(column))) }

  /// Rows inserted, updated, deleted or returned, from the command tag.
  package var affectedCount: Int {
    PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// The command tag, such as `INSERT 0 1`.
  package var commandTag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  /// The only row; throws when there is not exactly one.
  package func only() throws(PostgresError) -> Row {
    guard count == 1 else {
      throw PostgresError(.invalidResult, "\(count) rows where one was expected")
    }
    return self[0]
  }
}

/// One row of ``Rows``.
package struct Row {
  let rows: Rows
  let index: Int32

  /// The value of a column, counted from 0. Throws `invalidResult` when it has another type, or is
  /// NULL and `T` is not optional.
  ///
  /// Specialised by name: callers are in other modules, where a package function stays generic.
  @specialized(where T == String)
  @specialized(where T == Int64)
  @specialized(where T == Int32)
  @specialized(where T == Int)
  @specialized(where T == Bool)
  @specialized(where T == [UInt8])
  @specialized(where T == [String])
  @specialized(where T == PostgresTimestamp)
  @specialized(where T == JSONB)
  @specialized(where T == String?)
  package func decode<T: PostgresValue>(
    _ column: Int, as type: T.Type = T.self
  ) throws(PostgresError) -> T {
    defer { extendLifetime(rows) }
    let result = rows.result
    let field = Int32(truncatingIfNeeded: column)
    let found = PostgresType(oid: PQftype(result, field))
    guard found == T.postgresType || T.decodes(found) else {
      throw mismatch(column, found: found, wanted: T.self)
    }
    let length = PQgetlength(result, index, field)
    if length == 0, PQgetisnull(result, index, field) != 0 {
      do { return try T.decodeNull() } catch { throw inColumn(column, error: error) }
    }
    let bytes = UnsafeRawBufferPointer(start: PQgetvalue(result, index, field), count: Int(length))
    do { return try T(decoding: bytes) } catch { throw inColumn(column, error: error) }
  }

  /// The value of a column. Throws `invalidResult` when it is NULL and the column is not optional.
  ///
  /// Specialised by name, see ``decode(_:as:)``.
  @specialized(where T == String)
  @specialized(where T == Int64)
  @specialized(where T == Int32)
  @specialized(where T == Int16)
  @specialized(where T == Int)
  @specialized(where T == Bool)
  @specialized(where T == Double)
  @specialized(where T == [UInt8])
  @specialized(where T == [String])
  @specialized(where T == PostgresTimestamp)
  @specialized(where T == JSONB)
  package func decode<T: PostgresValue>(_ column: Column<T>) throws(PostgresError) -> T {
    defer { extendLifetime(rows) }
    let length = PQgetlength(rows.result, index, column.index)
    if length == 0, PQgetisnull(rows.result, index, column.index) != 0 {
      do { return try T.decodeNull() } catch { throw inColumn(Int(column.index), error: error) }
    }
    let bytes = UnsafeRawBufferPointer(
      start: PQgetvalue(rows.result, index, column.index), count: Int(length))
    do { return try T(decoding: bytes) } catch { throw inColumn(Int(column.index), error: error) }
  }

  /// The value of a column that may be NULL.
  @specialized(where T == String)
  @specialized(where T == Int64)
  @specialized(where T == PostgresTimestamp)
  @specialized(where T == JSONB)
  package func decode<T: PostgresValue>(_ column: Column<T?>) throws(PostgresError) -> T? {
    if isNull(column) { return nil }
    return try decode(Column<T>(index: column.index))
  }

  package func isNull<T>(_ column: Column<T>) -> Bool {
    PQgetisnull(rows.result, index, column.index) != 0
  }

  /// A column's binary form, without a copy; `nil` for NULL.
  package func withBytes<V, T, E: Error>(
    _ column: Column<V>, body: (UnsafeRawBufferPointer?) throws(E) -> T
  ) throws(E) -> T {
    try withBytes(Int(column.index), body: body)
  }

  package func isNull(_ column: Int) -> Bool { PQgetisnull(rows.result, index, Int32(column)) != 0 }

  /// A column's binary form, without a copy; `nil` for NULL.
  package func withBytes<T, E: Error>(
    _ column: Int, body: (UnsafeRawBufferPointer?) throws(E) -> T
  ) throws(E) -> T {
    let length = Int(PQgetlength(rows.result, index, Int32(column)))
    let bytes =
      isNull(column)
      ? nil : UnsafeRawBufferPointer(start: PQgetvalue(rows.result, index, Int32(column)), count: length)
    defer { extendLifetime(rows) }
    return try body(bytes)
  }

  private func mismatch(_ column: Int, found: PostgresType, wanted: Any.Type) -> PostgresError {
    PostgresError(
      .invalidResult,
      "column \(column) (\(rows.columnName(column))) has type \(found.oid), which is not read as \(wanted)")
  }

  private func inColumn(_ column: Int, error: PostgresError) -> PostgresError {
    PostgresError(error.kind, "column \(column) (\(rows.columnName(column))): \(error.message)")
  }
}
