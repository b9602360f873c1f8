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
      for (hit, context) in zip(hits, contexts) {
        guard let context else { continue }
        var response = TraverseResponse()
        response.event = .hit(TraverseHit(context, reached, hit))
        try await responses.write(response)
      }
      hits = hits.dropFirst(contexts.count)
    }
    var end = TraverseEnd()
    end.reached = Int32(reached.reached)
    end.truncated = isTruncated
    var response = TraverseResponse()
    response.event = .end(end)
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

extension TraverseHit {
  fileprivate init(_ context: Context, _ walk: BreadthFirstWalk, _ hit: Int) {
    self.init()
    self.context = context
    depth = Int32(walk.depth(of: hit))
    path = walk.path(to: hit)
  }
}
