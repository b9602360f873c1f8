import Postgres

/// A row of `project`.
package struct ProjectRow: Sendable, Equatable {
  package let id: ProjectID
  package private(set) var title: String
  package let createTime: PostgresTimestamp
  package let position: Int64
  /// The configuration of `pg_catalog` that makes words of texts.
  package private(set) var searchLanguage: String

  init(decoding row: Row) throws(PostgresError) {
    id = ProjectID(unchecked: try row.decode(0))
    title = try row.decode(1)
    createTime = try row.decode(2)
    position = try row.decode(3)
    searchLanguage = try row.decode(4)
  }

  /// The row with new values; what is nil stays as it is.
  package func updated(title: String?, searchLanguage: String?) -> ProjectRow {
    var updated = self
    if let title { updated.title = title }
    if let searchLanguage { updated.searchLanguage = searchLanguage }
    return updated
  }
}
