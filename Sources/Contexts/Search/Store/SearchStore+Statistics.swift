import CairnAPI
import GRPC
import Journal
import Postgres

extension SearchStore {
  /// How large the text index is. Reads all of it.
  func searchStats(in project: ProjectID) async throws(RPCError) -> SearchStatsResponse {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(SearchQueries.statistics, project)
      let (row, columns) = (try found.rows.only(), found.columns)
      var stats = SearchStatsResponse()
      stats.documents = try row.decode(columns.documents)
      stats.indexed = try row.decode(columns.indexed)
      stats.bytes = try row.decode(columns.bytes)
      stats.lexemes = try row.decode(columns.lexemes)
      stats.outdated = try row.decode(columns.outdated)
      stats.searchLanguage = try row.decode(columns.searchLanguage)
      return stats
    }
  }

  /// Contexts of the project, the deleted ones included.
  func count(in project: ProjectID) async throws(RPCError) -> Int64 {
    try await database { () async throws(PostgresError) in
      try await pool.query(SearchQueries.count, project).value()
    }
  }
}
