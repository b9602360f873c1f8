import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What agents hold, for those that ask instead of listening.
struct ClaimStore: Sendable {
  let tasks: TaskStore

  private var store: CoordinationStore { tasks.store }

  /// Bytes of a task as it was submitted: an answer that has less than this to go is full.
  private static let largestTask = 1_500_000

  /// Tasks that the agent was given and has not begun, the oldest assignment first: as many as fit into an answer.
  func unbegun(_ claim: Claim, in project: ProjectID, _ call: CallContext) async throws(RPCError)
    -> [CairnTask]
  {
    let rows = try await database { () async throws(PostgresError) in
      try await store.pool.read(
        ClaimQueries.unbegun, (project, claim.agent, claim.count, Limits.answerBytes - Self.largestTask)
      ).decoded(as: TaskRow.self)
    }
    let bytes = rows.reduce(0) { $0 + $1.bytes }
    return try await tasks.blocking.work(on: bytes, for: call) { _ throws(RPCError) in
      var found: [CairnTask] = []
      for row in rows { found.append(try row.task()) }
      return found
    }
  }

  /// Which of the leases the agent holds, and which it has lost, each in the order of the request.
  func sorted(
    _ renewal: Renewal, in project: ProjectID
  ) async throws(RPCError) -> (held: [TaskLease], lost: [TaskLease]) {
    let held = try await database { () async throws(PostgresError) in
      try await store.pool.read(ClaimQueries.held, (project, renewal.agent, renewal.leases)).map {
        row, columns throws(PostgresError) in
        (
          LeaseKey(id: TextKey(try row.decode(columns.task)), epoch: try row.decode(columns.epoch)),
          WellKnown.Timestamp(try row.decode(columns.expireTime))
        )
      }
    }
    let expireTimes = Dictionary(held) { first, _ in first }
    var sorted: (held: [TaskLease], lost: [TaskLease]) = ([], [])
    for var lease in renewal.leases {
      lease.expireTime = expireTimes[LeaseKey(id: TextKey(lease.id), epoch: lease.epoch)]
      if lease.expireTime == nil { sorted.lost.append(lease) } else { sorted.held.append(lease) }
    }
    return sorted
  }

  private struct LeaseKey: Hashable {
    let id: TextKey
    let epoch: Int64
  }
}
