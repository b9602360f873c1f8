import CairnAPI
import Journal
import Postgres
import Wire

/// A row of `project`.
struct ProjectRow: DecodableRow, Sendable, Equatable {
  let id: ProjectID
  private(set) var title: String
  let createTime: PostgresTimestamp
  /// Of the creation.
  let position: Int64
  /// The configuration of `pg_catalog` that makes words of texts.
  private(set) var searchLanguage: String
  /// Nil while it is not deleted.
  var deleteTime: PostgresTimestamp?
  private(set) var historyRetention: HistoryRetention
  let version: Int64

  /// `{project_columns}`.
  struct Columns: ColumnLayout {
    let id, title, searchLanguage: Column<String>
    let createTime: Column<PostgresTimestamp>
    let position, version: Column<Int64>
    let deleteTime: Column<PostgresTimestamp?>
    let historyRetention: Column<Int64?>

    init(_ find: inout ColumnFinder) {
      id = find("project_id")
      title = find("title")
      createTime = find("create_time")
      position = find("create_position")
      searchLanguage = find("search_language")
      deleteTime = find("delete_time")
      historyRetention = find("history_retention")
      version = find("version")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    id = ProjectID(unchecked: try row.decode(columns.id))
    title = try row.decode(columns.title)
    createTime = try row.decode(columns.createTime)
    position = try row.decode(columns.position)
    searchLanguage = try row.decode(columns.searchLanguage)
    deleteTime = try row.decode(columns.deleteTime)
    historyRetention = HistoryRetention(microseconds: try row.decode(columns.historyRetention))
    version = try row.decode(columns.version)
  }

  /// The row with new values.
  func updated(by update: ProjectUpdate) -> ProjectRow {
    var updated = self
    if let title = update.title { updated.title = title }
    if let language = update.searchLanguage { updated.searchLanguage = language }
    if let retention = update.historyRetention { updated.historyRetention = retention }
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
    historyRetention = row.historyRetention.duration
    deleteTime = row.deleteTime.map { WellKnown.Timestamp($0) }
  }
}
