import CairnAPI
import GRPC
import Journal
import Requests

/// `cairn.v1.QueueService`.
struct QueueService: QueueServiceProvider {
  let queues: QueueStore

  private var journal: Journal { queues.store.journal }

  func getQueue(_ request: GetQueueRequest, _ call: CallContext) async throws(RPCError) -> Queue {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    try violations.check()
    let project = try await journal.project(request.project, call)
    return try await queues.queue(request.id, in: project, call)
  }

  func listQueues(
    _ request: ListQueuesRequest, _ call: CallContext
  ) async throws(RPCError) -> ListQueuesResponse {
    let page = try await journal.page(of: request, call)
    var response = ListQueuesResponse()
    (response.queues, response.nextPageToken) = page.cut(try await queues.list(page, call), id: \.id)
    return try await journal.naming(response)
  }

  func updateQueue(_ request: UpdateQueueRequest, _ call: CallContext) async throws(RPCError) -> Queue {
    let (update, scope) = try await journal.accept(request, call) {
      QueueUpdate(validating: $0, &$1)
    }
    return try await queues.write(update.id, "updated", in: scope) { stored throws(RPCError) in
      try update.applied(to: stored)
    }
  }

  func pauseQueue(_ request: PauseQueueRequest, _ call: CallContext) async throws(RPCError) -> Queue {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    return try await queues.write(request.id, "paused", in: scope) { $0.paused(true) }
  }

  func resumeQueue(_ request: ResumeQueueRequest, _ call: CallContext) async throws(RPCError) -> Queue {
    let (_, scope) = try await journal.accept(request, call) { $1.identifier($0.id, at: "id") }
    return try await queues.write(request.id, "resumed", in: scope) { $0.paused(false) }
  }
}
