import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// How tasks of projects are given out: the column `strategy` of `coordination_policy`.
struct AssignmentPolicyStore: Sendable {
  let coordination: CoordinationStore

  func find(in project: ProjectID) async throws(RPCError) -> AssignmentPolicy {
    try await database { () async throws(PostgresError) in
      let found = try await coordination.pool.read(DispatchQueries.findStrategy, project)
      var policy = AssignmentPolicy()
      policy.strategy = .leastLoaded
      guard let row = found.rows.first else { return policy }
      let strategy = AssignmentStrategy(rawValue: try row.decode(found.columns.strategy))
      if strategy != .unspecified { policy.strategy = strategy }
      policy.position = try row.decode(found.columns.position)
      policy.updateTime = WellKnown.Timestamp(try row.decode(found.columns.updateTime))
      return policy
    }
  }

  func update(
    _ policy: AssignmentPolicy, in scope: CallScope
  ) async throws(RPCError) -> AssignmentPolicy {
    let result = try await coordination.journal.write(
      in: scope, locking: [DispatchLock.lock(scope.project)]
    ) { _ throws(RPCError) in
      WritePlan(
        statements: [DispatchQueries.setStrategy.bind((scope.project, policy.strategy))], changes: [],
        answer: { policy.serializedBytes() }
      ) { written in policy.stamped(written.stamp) }
    }
    coordination.wakes.ring(.dispatch(scope.project))
    switch result {
    case .written(let write): return write.value
    case .repeated(let answer): return (try answer.decoded() as AssignmentPolicy).stamped(answer.stamp)
    }
  }
}

extension AssignmentPolicy {
  /// - Parameter stamp: Nil when nothing was written.
  fileprivate func stamped(_ stamp: Stamp?) -> AssignmentPolicy {
    guard let stamp else { return self }
    var policy = self
    policy.position = stamp.position
    policy.updateTime = WellKnown.Timestamp(stamp.at)
    return policy
  }
}
