import CairnAPI
import GRPC
import Journal
import Requests

extension ContextService {
  package func relateContexts(
    _ request: RelateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> RelateContextsResponse {
    let batch = try Batch(
      validating: request.relationships, at: "relationships", of: "relationship", atomic: request.atomic,
      requestID: request.requestId, key: { $0.key.text }
    ) { item, violations in RelationshipDraft(validating: item, &violations) }
    let scope = try await journal.scope(call, RequestKey(request.requestId, of: request))
    let answer =
      request.validateOnly
      ? try await store.plannedRelate(batch, scope) : try await store.relate(batch, scope)
    var response = RelateContextsResponse()
    response.results = answer.messages
    response.position = answer.position
    return response
  }

  package func unrelateContexts(
    _ request: UnrelateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> UnrelateContextsResponse {
    let batch = try Batch(
      validating: request.relationships, at: "relationships", of: "relationship", atomic: request.atomic,
      requestID: request.requestId, key: { $0.key.text }
    ) { item, violations in RelationshipEnding(validating: item, &violations) }
    let scope = try await journal.scope(call, RequestKey(request.requestId, of: request))
    let answer =
      request.validateOnly
      ? try await store.plannedUnrelate(batch, scope) : try await store.unrelate(batch, scope)
    var response = UnrelateContextsResponse()
    response.results = answer.messages
    response.position = answer.position
    return response
  }

  package func listRelationships(
    _ request: ListRelationshipsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListRelationshipsResponse {
    let project = try await journal.scope(call).project
    let list = try RelationshipList(validating: request, project: project.text)
    return try await store.list(list, at: try await journal.moment(list.asOf, in: project, call), in: project)
  }

  package func traverse(
    _ request: TraverseRequest, _ responses: ResponseWriter<TraverseResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let walk = try GraphWalk(validating: request)
    let project = try await journal.scope(call).project
    let moment = try await journal.moment(walk.asOf, in: project, call)
    let (reached, isTruncated) = try await store.walk(walk, at: moment, in: project)
    var hits = reached.hits.prefix(walk.limit)
    while !hits.isEmpty {
      let ids = hits.prefix(walk.isFull ? 64 : 512).map { reached.id(of: $0) }
      let contexts = try await store.contexts(ids, isFull: walk.isFull, at: moment, in: project)
      var batch = HitBatch()
      for (hit, context) in zip(hits, contexts) {
        guard let context else { continue }
        if let full = batch.add(TraverseHit(context, reached, hit)) { try await responses.write(full) }
      }
      if let rest = batch.take() { try await responses.write(rest) }
      hits = hits.dropFirst(contexts.count)
    }
    var end = TraverseEnd()
    end.reached = Int32(reached.reached)
    end.truncated = isTruncated
    var response = TraverseResponse()
    response.end = end
    try await responses.write(response)
  }

  package func findPaths(
    _ request: FindPathsRequest, _ call: CallContext
  ) async throws(RPCError) -> FindPathsResponse {
    let query = try PathQuery(validating: request)
    let project = try await journal.scope(call).project
    return try await store.paths(
      query, at: try await journal.moment(query.asOf, in: project, call), in: project)
  }
}

/// Hits on their way into one message: each message costs a reader more than what it holds.
private struct HitBatch {
  private var response = TraverseResponse()
  private var bytes = 0

  /// Adds a hit; returns the message that was full before it.
  mutating func add(_ hit: TraverseHit) -> TraverseResponse? {
    let size = hit.serializedBytes().count
    let full = bytes + size > Limits.hitBytes ? take() : nil
    response.hits.append(hit)
    bytes += size
    return full
  }

  /// The message so far; nil when it is empty.
  mutating func take() -> TraverseResponse? {
    defer {
      response = TraverseResponse()
      bytes = 0
    }
    return response.hits.isEmpty ? nil : response
  }
}

extension TraverseHit {
  fileprivate init(_ context: Context, _ walk: BreadthFirstWalk, _ hit: Int) {
    self.init()
    self.context = context
    depth = Int32(walk.depth(of: hit))
    path = walk.path(to: hit)
  }
}
