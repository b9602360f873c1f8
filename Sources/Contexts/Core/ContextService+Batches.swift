import CairnAPI
import GRPC
import Journal
import Requests

extension ContextService {
  package func batchGetContexts(
    _ request: BatchGetContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchGetContextsResponse {
    let lookups = try ContextLookups(validating: request)
    let project = try await journal.project(request.project, call)
    let moment = try await journal.moment(lookups.asOf, in: project, call)
    var response = BatchGetContextsResponse()
    response.results = try await store.get(lookups, at: moment, in: project).map { ContextResult($0) }
    return try await journal.naming(response)
  }

  package func batchCreateContexts(
    _ request: BatchCreateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchCreateContextsResponse {
    let (batch, scope) = try await journal.accept(
      request, items: request.requests.count, call, on: blocking
    ) { () throws(RPCError) in
      try Batch(
        validating: request.requests, of: "context", atomic: request.atomic, requestID: request.requestId,
        key: \ContextDraft.id
      ) { item, violations in
        violations.leftToBatch(item)
        return ContextDraft(validating: item.context, at: "context", &violations)
      }
    }
    let outcome =
      request.validateOnly
      ? BatchOutcome(try await store.planned(batch, scope), nil) : try await store.create(batch, scope)
    var response = BatchCreateContextsResponse()
    response.results = outcome.results
    response.position = outcome.position
    return try await journal.naming(response)
  }

  package func batchUpdateContexts(
    _ request: BatchUpdateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchUpdateContextsResponse {
    let (batch, scope) = try await journal.accept(
      request, items: request.requests.count, call, on: blocking
    ) { () throws(RPCError) in
      try Batch(
        validating: request.requests, of: "context", atomic: request.atomic, requestID: request.requestId,
        key: \ContextUpdate.id
      ) { item, violations in
        violations.leftToBatch(item)
        return ContextUpdate(validating: item, &violations)
      }
    }
    let outcome =
      request.validateOnly
      ? BatchOutcome(try await store.planned(batch, scope), nil)
      : try await store.update(batch, isFull: false, scope)
    var response = BatchUpdateContextsResponse()
    response.results = outcome.results
    response.position = outcome.position
    return try await journal.naming(response)
  }

  package func batchDeleteContexts(
    _ request: BatchDeleteContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> BatchDeleteContextsResponse {
    let batch = try Batch(
      validating: request.requests, of: "context", atomic: request.atomic, requestID: request.requestId,
      key: \ContextTarget.id
    ) { item, violations in
      violations.leftToBatch(item)
      return ContextTarget(validating: item.id, etag: item.etag, &violations)
    }
    let scope = try await journal.scope(request.project, call, RequestKey(request.requestId, of: request))
    let outcome =
      request.validateOnly
      ? BatchOutcome(try await store.planned(batch, scope) { $0.deletion(of: $1) }, nil)
      : try await store.delete(batch, isFull: false, scope)
    var response = BatchDeleteContextsResponse()
    response.results = outcome.results
    response.position = outcome.position
    return try await journal.naming(response)
  }
}
