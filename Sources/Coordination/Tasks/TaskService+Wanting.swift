import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// What those who want tasks done say of them.
extension TaskService {
  package func submitTasks(
    _ request: SubmitTasksRequest, _ call: CallContext
  ) async throws(RPCError) -> SubmitTasksResponse {
    let bytes =
      request.requests.reduce(0) { $0 + TaskDraft.bytes(of: $1.task) } + request.requests.count * 256
    let (batch, key) = try await blocking.work(on: bytes, for: call) { _ throws(RPCError) in
      let batch = try Batch<TaskDraft>(
        validating: request, of: "task", key: { $0.id.isEmpty ? nil : $0.id }
      ) { TaskDraft(validating: $0.task, at: "task", &$1) }
      return (batch, request.requestKey)
    }
    let scope = try await journal.scope(of: request, key: key, call)
    let results = try await store.submit(batch, in: scope)
    var response = SubmitTasksResponse()
    (response.results, response.position) = (results.outcomes, results.position)
    return try await journal.naming(response)
  }

  package func cancelTask(
    _ request: CancelTaskRequest, _ call: CallContext
  ) async throws(RPCError) -> CairnTask {
    let (cancellation, scope) = try await journal.accept(request, call) {
      TaskCancellation(validating: $0, &$1)
    }
    return try await cancel(Batch(cancellation), in: scope).results[0].get()
  }

  package func cancelTasks(
    _ request: CancelTasksRequest, _ call: CallContext
  ) async throws(RPCError) -> CancelTasksResponse {
    let (batch, scope) = try await journal.accept(request, items: request.requests.count, call, on: blocking)
    {
      () throws(RPCError) in
      try Batch<TaskCancellation>(validating: request, of: "task", key: \.id) {
        TaskCancellation(validating: $0, &$1)
      }
    }
    let results = try await cancel(batch, in: scope)
    var response = CancelTasksResponse()
    (response.results, response.position) = (results.outcomes, results.position)
    return try await journal.naming(response)
  }

  private func cancel(
    _ batch: Batch<TaskCancellation>, in scope: CallScope
  ) async throws(RPCError) -> TaskResults {
    try await store.end(batch, id: \.id, in: scope) { item, task throws(RPCError) in
      try task.cancelled(because: item.reason)
    }
  }

  package func retryTask(
    _ request: RetryTaskRequest, _ call: CallContext
  ) async throws(RPCError) -> CairnTask {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    return try await store.retry(request.id, in: scope)
  }
}

extension SubmitTasksResponse: JournalAnswer {}
extension CancelTasksResponse: JournalAnswer {}
