/// One step of a module's schema: a file `m0001_name.sql` in that module.
///
/// Files are embedded by SwiftPM (`resources: [.embedInCode("Migrations")]`, then
/// `PackageResources.m0001_name_sql`). A file that was released is never edited: its checksum is
/// recorded. Keep each small: the compile time of embedded files grows faster than their size.
package struct Migration: Sendable, Equatable {
  /// The module that owns the tables, such as `journal`. Versions count within it.
  package let module: String
  package let version: Int
  package let name: String
  package let sql: String

  /// Whether the file is one statement that does a part of the work, such as a thousand rows, and is run again, each
  /// time in a transaction of its own, until it affects no row: for large tables, which a single transaction would
  /// lock, and hold back feeds, for minutes. Such a file begins with `-- batched`.
  package var isBatched: Bool { sql.hasPrefix("-- batched") }

  package init(module: String, version: Int, name: String, sql: String) {
    self.module = module
    self.version = version
    self.name = name
    self.sql = sql
  }

  /// From an embedded file; `file` is its name without `.sql`, such as `m0001_positions`.
  package init(module: String, file: String, _ resource: [UInt8]) {
    let parts = file.split(separator: "_", maxSplits: 1)
    guard parts.count == 2, parts[0].first == "m", let version = Int(parts[0].dropFirst()) else {
      preconditionFailure("\(file) is not named like m0001_name")
    }
    self.init(
      module: module, version: version, name: String(parts[1]),
      sql: String(decoding: resource, as: UTF8.self))
  }
}
