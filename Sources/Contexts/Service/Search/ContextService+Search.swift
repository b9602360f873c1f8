import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension ContextService {
  /// What Reindex asks for, for those who run operations.
  package var reindexing: Reindexing { Reindexing() }

  package func search(_ request: SearchRequest, _ call: CallContext) async throws(RPCError) -> SearchResponse
  {
    let project = try await journal.scope(call).project
    let search = try ContextSearch(
      validating: request, project: project.text, key: try await journal.tokenKey())
    let moment = try await journal.moment(search.asOf, in: project, call)
    return try await store.search(search, at: moment, in: project)
  }

  package func searchStats(
    _ request: SearchStatsRequest, _ call: CallContext
  ) async throws(RPCError) -> SearchStatsResponse {
    try await store.searchStats(in: try await journal.scope(call).project)
  }

  package func reindex(
    _ request: ReindexRequest, _ responses: ResponseWriter<ReindexResponse>, _ call: CallContext
  ) async throws(RPCError) {
    var violations = Violations()
    violations.optionalIdentifier("operation_id", request.operationId)
    try violations.check()
    let scope = try await journal.scope(call)
    var operation = try await operation(for: request, scope)
    call.sendHeaders()
    while true {
      var response = ReindexResponse()
      response.operation = Operation(operation)
      try await responses.write(response)
      if operation.state != .running { return }
      operation = try await journal.operations.change(since: operation, on: call.loop)
    }
  }

  private func operation(
    for request: ReindexRequest, _ scope: CallScope
  ) async throws(RPCError) -> OperationRow {
    let operations = journal.operations
    if request.operationId.isEmpty {
      let total = try await store.count(in: scope.project)
      return try await operations.begin(reindexing.kind, total: total, scope)
    }
    let found = try await operations.find(request.operationId, reindexing.kind, in: scope.project)
    guard let found else { throw .operationNotFound(request.operationId) }
    return found
  }
}

extension Operation {
  fileprivate init(_ row: OperationRow) {
    self.init()
    id = row.id
    kind = row.kind
    state =
      switch row.state {
      case .running: .running
      case .done: .done
      case .failed: .failed
      }
    done = row.done
    total = row.total
    createTime = WellKnown.Timestamp(row.createTime)
    updateTime = WellKnown.Timestamp(row.updateTime)
    message = row.message
  }
}
