import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests

/// `cairn.v1.RelationshipService`.
package struct RelationshipService: RelationshipServiceProvider {
  let journal: Journal
  let store: RelationshipStore
  let contexts: ContextStore
  let blocking: BlockingPool

  package func relateContexts(
    _ request: RelateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> RelateContextsResponse {
    let (batch, scope) = try await journal.accept(
      request, items: request.relationships.count, call, on: blocking
    ) { () throws(RPCError) in
      try Batch(
        validating: request.relationships, at: "relationships", of: "relationship", atomic: request.atomic,
        requestID: request.requestId, key: { $0.key.text }
      ) { item, violations in RelationshipDraft(validating: item, &violations) }
    }
    let answer = try await store.relate(batch, in: scope)
    var response = RelateContextsResponse()
    response.results = answer.messages
    response.position = answer.position
    return try await journal.naming(response)
  }

  package func unrelateContexts(
    _ request: UnrelateContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> UnrelateContextsResponse {
    let batch = try Batch(
      validating: request.relationships, at: "relationships", of: "relationship", atomic: request.atomic,
      requestID: request.requestId, key: { $0.key.text }
    ) { item, violations in RelationshipEnding(validating: item, &violations) }
    let answer = try await store.unrelate(batch, in: try await journal.scope(of: request, call))
    var response = UnrelateContextsResponse()
    response.results = answer.messages
    response.position = answer.position
    return try await journal.naming(response)
  }

  package func listRelationships(
    _ request: ListRelationshipsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListRelationshipsResponse {
    let project = try await journal.project(request.project, call)
    let list = try RelationshipList(
      validating: request, project: project.text, key: try await journal.tokenKey())
    return try await journal.reading(list.asOf, in: project, call) { moment throws(RPCError) in
      try await journal.naming(store.list(list, at: moment, in: project))
    }
  }

  package func traverse(
    _ request: TraverseRequest, _ responses: ResponseWriter<TraverseResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let walk = try GraphWalk(validating: request)
    let project = try await journal.project(request.project, call)
    let end = try await journal.reading(walk.asOf, in: project, call) { moment throws(RPCError) in
      try await send(walk, at: moment, in: project, to: responses)
    }
    var response = TraverseResponse()
    response.end = end
    try await responses.write(response)
  }

  /// Sends what a walk reaches, and says how it ended.
  private func send(
    _ walk: GraphWalk, at moment: Moment?, in project: ProjectID,
    to responses: ResponseWriter<TraverseResponse>
  ) async throws(RPCError) -> TraverseEnd {
    let (reached, isTruncated) = try await store.walk(walk, at: moment, in: project)
    var hits = reached.hits.prefix(walk.limit)
    var missing = 0
    var portion = try await contexts(of: hits, among: reached, for: walk, at: moment, in: project).get()
    while !hits.isEmpty {
      let rest = hits.dropFirst(portion.count)
      // The next ones are read while these are sent: PostgreSQL has begun when the yield is over.
      async let next = contexts(of: rest, among: reached, for: walk, at: moment, in: project)
      if !rest.isEmpty { await Task.yield() }
      var batch = HitBatch()
      for (hit, found) in zip(hits, portion) {
        guard let found else {
          missing += 1
          continue
        }
        let size = found.size + reached.pathSizeBound(to: hit)
        if let full = batch.makeRoom(for: size) { try await responses.write(full) }
        batch.add(TraverseHit(found.context, reached, hit), size: size)
      }
      if let rest = batch.take() { try await responses.write(rest) }
      hits = rest
      portion = try await next.get()
    }
    var end = TraverseEnd()
    end.reached = Int32(reached.reached - missing)
    end.truncated = isTruncated
    return end
  }

  /// The first of those hits, as many as are read at once.
  private func contexts(
    of hits: ArraySlice<Int>, among reached: BreadthFirstWalk, for walk: GraphWalk, at moment: Moment?,
    in project: ProjectID
  ) async -> Result<[MeasuredContext?], RPCError> {
    let ids = hits.prefix(walk.detail == .full ? 64 : 256).map { reached.id(of: $0) }
    do throws(RPCError) {
      return .success(try await contexts.contexts(ids, detail: walk.detail, at: moment, in: project))
    } catch {
      return .failure(error)
    }
  }

  package func findPaths(
    _ request: FindPathsRequest, _ call: CallContext
  ) async throws(RPCError) -> FindPathsResponse {
    let query = try PathQuery(validating: request)
    let project = try await journal.project(request.project, call)
    return try await journal.reading(query.asOf, in: project, call) { moment throws(RPCError) in
      try await store.paths(query, at: moment, in: project)
    }
  }
}

/// Hits on their way into one message: each message costs a reader more than what it holds.
private struct HitBatch {
  private var response = TraverseResponse()
  private var bytes = 0

  /// Returns the message so far when it has no room for a hit of this size.
  mutating func makeRoom(for size: Int) -> TraverseResponse? {
    bytes + size > Limits.hitBytes ? take() : nil
  }

  mutating func add(_ hit: TraverseHit, size: Int) {
    response.hits.append(hit)
    bytes += size
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
