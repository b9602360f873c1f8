import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests

/// `cairn.v1.TaskService`.
package struct TaskService: TaskServiceProvider {
  let store: TaskStore

  var journal: Journal { store.journal }
  var blocking: BlockingPool { store.blocking }

  package func submitTask(
    _ request: SubmitTaskRequest, _ call: CallContext
  ) async throws(RPCError) -> CairnTask {
    let (draft, key) = try await blocking.work(on: TaskDraft.bytes(of: request.task), for: call) {
      _ throws(RPCError) in
      var violations = Violations()
      let draft = TaskDraft(validating: request.task, at: "task", &violations)
      violations.requestID(request.requestId)
      try violations.check()
      return (draft, request.requestKey)
    }
    let scope = try await journal.scope(of: request, key: key, call)
    return try await store.submit(draft, in: scope)
  }

  package func getTask(_ request: GetTaskRequest, _ call: CallContext) async throws(RPCError) -> CairnTask {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    try violations.check()
    let project = try await journal.project(request.project, call)
    return try await store.task(request.id, in: project, call)
  }
}

extension SubmitTaskRequest: WriteRequest {}
