import Postgres

/// The statements of all rooms, for the test that goes over all statements.
package enum SessionStatements {
  package static let all: [any CheckedStatement] =
    SessionQueries.all + LogQueries.all + MessageQueries.all + CheckpointQueries.all + ExpiryQueries.all
    + ForkQueries.all + PurgeQueries.all + RecordingQueries.all + ReplayQueries.all + InsightQueries.all
    + RollupQueries.all + AnalyticsQueries.all + SessionStandings.all
}
