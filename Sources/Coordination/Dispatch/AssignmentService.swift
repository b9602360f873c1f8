import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// `cairn.v1.AssignmentService`.
package struct AssignmentService: AssignmentServiceProvider {
  let tasks: TaskStore
  let agents: AgentStore

  var store: CoordinationStore { tasks.store }
  var journal: Journal { store.journal }
  private var policies: AssignmentPolicyStore { AssignmentPolicyStore(coordination: store) }

  package func assignTask(_ request: AssignTaskRequest, _ call: CallContext) async throws(RPCError)
    -> CairnTask
  {
    let (assignment, scope) = try await journal.accept(request, call) {
      AssignmentByHand(validating: $0, &$1)
    }
    try await store.assign(assignment, in: scope)
    return try await tasks.task(assignment.task, in: scope.project, call)
  }

  package func getAssignmentPolicy(
    _ request: GetAssignmentPolicyRequest, _ call: CallContext
  ) async throws(RPCError) -> AssignmentPolicy {
    try await policies.find(in: try await journal.project(request.project, call))
  }

  package func updateAssignmentPolicy(
    _ request: UpdateAssignmentPolicyRequest, _ call: CallContext
  ) async throws(RPCError) -> AssignmentPolicy {
    let (policy, scope) = try await journal.accept(request, call) {
      AssignmentPolicy(validating: $0.policy, &$1)
    }
    return try await policies.update(policy, in: scope)
  }
}

extension AssignTaskRequest: WriteRequest {}
extension UpdateAssignmentPolicyRequest: WriteRequest {}
