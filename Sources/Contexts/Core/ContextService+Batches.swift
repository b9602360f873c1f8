import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension ContextService {
  package func batchGetContexts(
    _ request: BatchGetContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchGetContextsResponse {
    let lookups = try ContextLookups(validating: request)
    let project = try await journal.project(request.project, call)
    return try await journal.reading(lookups.asOf, in: project, call) { moment throws(RPCError) in
      var response = BatchGetContextsResponse()
      response.results = try await store.get(lookups, at: moment, in: project).map { ContextResult($0) }
      return try await journal.naming(response)
    }
  }

  package func batchCreateContexts(
    _ request: BatchCreateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchCreateContextsResponse {
    try await batch(request, call, key: \.id, validate: { ContextDraft(validating: $0, &$1) }) {
      drafts, scope throws(RPCError) in
      try await store.create(drafts, in: scope)
    }
  }

  package func batchUpdateContexts(
    _ request: BatchUpdateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchUpdateContextsResponse {
    try await batch(request, call, key: \.id, validate: { ContextUpdate(validating: $0, &$1) }) {
      updates, scope throws(RPCError) in
      try await store.update(updates, detail: .basic, in: scope)
    }
  }

  package func batchDeleteContexts(
    _ request: BatchDeleteContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchDeleteContextsResponse {
    try await batch(request, call, key: \.id, validate: { ContextTarget(validating: $0, &$1) }) {
      targets, scope throws(RPCError) in
      try await store.delete(targets, detail: .basic, in: scope)
    }
  }

  /// What every batch of writes does: checks its items, writes them, and answers item by item.
  ///
  /// - Parameter key: Of an item: what no two of them may share.
  private func batch<Request: BatchRequest, Item: Sendable, Response: BatchResponse>(
    _ request: Request, _ call: CallContext, key: @escaping @Sendable (Item) -> String?,
    validate: @escaping @Sendable (Request.Item, inout Violations) -> Item,
    write: (Batch<Item>, CallScope) async throws(RPCError) -> BatchOutcome
  ) async throws(RPCError) -> Response {
    let (batch, scope) = try await journal.accept(request, items: request.requests.count, call, on: blocking)
    {
      () throws(RPCError) in
      try Batch(validating: request, of: "context", key: key, validate)
    }
    let outcome = try await write(batch, scope)
    var response = Response()
    response.results = outcome.results
    response.position = outcome.position
    return try await journal.naming(response)
  }
}

/// The answer to a batch of writes.
private protocol BatchResponse: JournalAnswer {
  var results: [ContextResult] { get set }
  var position: Int64 { get set }
}

extension BatchCreateContextsResponse: BatchResponse {}
extension BatchUpdateContextsResponse: BatchResponse {}
extension BatchDeleteContextsResponse: BatchResponse {}
