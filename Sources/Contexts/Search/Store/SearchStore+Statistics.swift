import CairnAPI
import GRPC
import Journal
import Postgres

extension SearchStore {
  /// How large the text index is. Reads all of it.
  func searchStats(in project: ProjectID) async throws(RPCError) -> SearchStatsResponse {
    try await database { () async throws(PostgresError) in
      let row = try await pool.query(SearchQueries.statistics, [project.text]).only()
      var stats = SearchStatsResponse()
      stats.documents = try row.decode(0)
      stats.indexed = try row.decode(1)
      stats.bytes = try row.decode(2)
      stats.lexemes = try row.decode(3)
      stats.outdated = try row.decode(4)
      stats.searchLanguage = try row.decode(5)
      return stats
    }
  }

  /// Contexts of the project, the deleted ones included.
  func count(in project: ProjectID) async throws(RPCError) -> Int64 {
    try await database { () async throws(PostgresError) in
      try await pool.query(SearchQueries.count, [project.text]).only().decode(0)
    }
  }
}
