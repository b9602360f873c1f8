import CairnAPI
import Journal
import Postgres
import Wire

/// A row of `project`.
struct ProjectRow: Sendable, Equatable {
  let id: ProjectID
  private(set) var title: String
  let createTime: PostgresTimestamp
  let position: Int64
  /// The configuration of `pg_catalog` that makes words of texts.
  private(set) var searchLanguage: String
  /// Nil while it is not deleted.
  var deleteTime: PostgresTimestamp?

  init(decoding row: Row) throws(PostgresError) {
    id = ProjectID(unchecked: try row.decode(0))
    title = try row.decode(1)
    createTime = try row.decode(2)
    position = try row.decode(3)
    searchLanguage = try row.decode(4)
    deleteTime = try row.decode(5)
  }

  /// The row with new values; what is nil stays as it is.
  func updated(title: String?, searchLanguage: String?) -> ProjectRow {
    var updated = self
    if let title { updated.title = title }
    if let searchLanguage { updated.searchLanguage = searchLanguage }
    return updated
  }
}

extension Project {
  init(_ row: ProjectRow) {
    self.init()
    id = row.id.text
    title = row.title
    createTime = WellKnown.Timestamp(row.createTime)
    position = row.position
    searchLanguage = row.searchLanguage
    deleteTime = row.deleteTime.map { WellKnown.Timestamp($0) }
  }
}
