import Postgres

/// Every statement of this module, for tests.
package enum CoordinationStatements {
  package static let all: [any CheckedStatement] =
    DispatchLock.all + EventQueries.all + AgentQueries.all + BeatQueries.all + TaskQueries.all
    + ChangeQueries.all + SubmissionQueries.all + SweepQueries.all + EffectQueries.all + QueueQueries.all
    + FigureQueries.all + DispatchQueries.all + ClaimQueries.all + DeathQueries.all + WorkQueries.all
}
