import CairnAPI
import GRPC
import Journal
import Postgres

extension AnalyticsStore {
  /// Removes the figures of what ended or passed before a time, in short transactions; returns how many.
  ///
  /// - Parameter mayGoOn: Asked before each.
  func purge(
    before: PostgresTimestamp, in project: ProjectID, while mayGoOn: () async -> Bool = { true }
  ) async throws(RPCError) -> PurgeSessionFiguresResponse {
    var response = PurgeSessionFiguresResponse()
    response.sessionCount = try await purge(
      AnalyticsQueries.purgeSummaries, (project, before), while: mayGoOn)
    response.trendCount = try await purge(AnalyticsQueries.purgeTrends, (project, before), while: mayGoOn)
    return response
  }

  /// How many there are.
  func countOld(
    before: PostgresTimestamp, in project: ProjectID
  ) async throws(RPCError) -> PurgeSessionFiguresResponse {
    try await database { () async throws(PostgresError) in
      let found = try await sessions.pool.query(AnalyticsQueries.countOld, (project, before))
      let row = try found.rows.only()
      var response = PurgeSessionFiguresResponse()
      response.sessionCount = try row.decode(found.columns.sessions)
      response.trendCount = try row.decode(found.columns.trends)
      return response
    }
  }

  private func purge(
    _ query: Query<AnalyticsQueries.Purge, OneColumn<Int64>>, _ purge: AnalyticsQueries.Purge,
    while mayGoOn: () async -> Bool
  ) async throws(RPCError) -> Int64 {
    var total: Int64 = 0
    while await mayGoOn() {
      let removed = try await database { () async throws(PostgresError) in
        try await sessions.pool.write(query, purge).value()
      }
      total += removed
      if removed == 0 { break }
    }
    return total
  }
}
