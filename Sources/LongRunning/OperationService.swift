import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests

/// `cairn.v1.OperationService`: operations as their callers see them. The journal runs them.
package struct OperationService: OperationServiceProvider {
  let journal: Journal

  package init(journal: Journal) { self.journal = journal }

  package func getOperation(
    _ request: GetOperationRequest, _ call: CallContext
  ) async throws(RPCError) -> Operation {
    let id = try request.id.asOperation()
    return Operation(
      try await journal.operations.get(id, in: try await journal.project(request.project, call)))
  }

  package func listOperations(
    _ request: ListOperationsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListOperationsResponse {
    let project = try await journal.project(request.project, call)
    let list = try OperationList(
      validating: request, project: project.text, key: try await journal.tokenKey())
    let rows = try await journal.operations.list(
      OperationPage(before: list.before, kinds: list.kinds, states: list.states, limit: list.pageSize + 1),
      in: project)
    var response = ListOperationsResponse()
    response.operations = rows.prefix(list.pageSize).map { Operation($0) }
    if rows.count > list.pageSize, let last = response.operations.last {
      response.nextPageToken = list.nextPageToken(after: last.id)
    }
    return response
  }

  package func cancelOperation(
    _ request: CancelOperationRequest, _ call: CallContext
  ) async throws(RPCError) -> Operation {
    let id = try request.id.asOperation()
    let scope = try await journal.scope(request.project, call)
    try await journal.checkLease(of: scope)
    let deadline = call.deadline ?? Instant.now + Self.cancelTimeout
    return Operation(try await journal.operations.cancel(id, in: scope.project, until: deadline))
  }

  package func watchOperation(
    _ request: WatchOperationRequest, _ responses: ResponseWriter<WatchOperationResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let id = try request.id.asOperation()
    let project = try await journal.project(request.project, call)
    var operation = try await journal.operations.get(id, in: project)
    call.sendHeaders()
    while true {
      var response = WatchOperationResponse()
      response.operation = Operation(operation)
      try await responses.write(response)
      if operation.state != .running { return }
      do throws(RPCError) {
        operation = try await journal.operations.change(since: operation, on: call.loop)
      } catch {
        // Operations go with their project: that is what the caller should hear.
        try await journal.require(project, on: call.loop)
        throw error
      }
    }
  }

  /// How long a cancellation without a deadline waits for the step under way.
  private static let cancelTimeout: Duration = .seconds(30)
}

extension String {
  /// The id of an operation that a request names.
  fileprivate func asOperation() throws(RPCError) -> String {
    var violations = Violations()
    violations.identifier(self, at: "id")
    try violations.check()
    return self
  }
}
