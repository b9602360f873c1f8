import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

extension CoordinationStore {
  /// Gives a task to an agent. Two round trips.
  func assign(_ assignment: AssignmentByHand, in scope: CallScope) async throws(RPCError) {
    let project = scope.project
    let locks = [
      DispatchLock.lock(project, [DispatchQueries.assignableAgent.bind((project, assignment.agent))]),
      WriteLock(
        .task, rows: [assignment.task],
        [DispatchQueries.assignableTask.bind((project, assignment.task))]),
    ]
    _ = try await journal.write(in: scope, locking: locks) { locked throws(RPCError) in
      let (agent, task) = try database { () throws(PostgresError) in
        (
          try DispatchQueries.assignableAgent.results(locked.rows[1]).first(as: AssignableAgent.self),
          try DispatchQueries.assignableTask.results(locked.rows[2]).first(as: AssignableTask.self)
        )
      }
      var plan = self.plan(try assignment.decide(task, agent), in: scope, at: .now)
      plan.answer = { [] }
      return plan
    }
    if scope.effect == .kept { wakes.ring(.agent(project, TextKey(assignment.agent))) }
  }
}
