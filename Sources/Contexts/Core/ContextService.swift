import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests

/// `cairn.v1.ContextService`.
package struct ContextService: ContextServiceProvider {
  let journal: Journal
  let store: ContextStore
  let searches: SearchStore
  let versions: VersionStore
  /// For work that would hold up a loop, such as reading a thousand records.
  let blocking: BlockingPool

  package func getContext(_ request: GetContextRequest, _ call: CallContext) async throws(RPCError) -> Context
  {
    let lookup = try ContextLookup(validating: request)
    let project = try await journal.project(request.project, call)
    if let asOf = lookup.asOf {
      return try await journal.reading(asOf, in: project, call) { moment throws(RPCError) in
        // Only now: room is reserved for an answer that is made at once, and resolving the moment may wait.
        try await call.roomForAnswer()
        return try await store.get(lookup, at: moment, in: project, for: call.connection)
      }
    }
    try await call.roomForAnswer()
    return try await store.get(lookup, at: nil, in: project, for: call.connection)
  }

  package func listContexts(
    _ request: ListContextsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListContextsResponse {
    let project = try await journal.project(request.project, call)
    let list = try ContextList(
      validating: request, project: project.text, key: try await journal.tokenKey())
    return try await journal.reading(list.asOf, in: project, call) { moment throws(RPCError) in
      try await journal.naming(store.list(list, at: moment, in: project))
    }
  }

  package func createContext(
    _ request: CreateContextRequest, _ call: CallContext
  ) async throws(RPCError) -> Context {
    let (draft, scope) = try await journal.accept(request, call) {
      ContextDraft(validating: $0, &$1)
    }
    return try await store.create(draft, in: scope)
  }

  package func updateContext(
    _ request: UpdateContextRequest, _ call: CallContext
  ) async throws(RPCError) -> Context {
    let (update, scope) = try await journal.accept(request, call) { ContextUpdate(validating: $0, &$1) }
    return try await store.update(Batch(update), detail: .full, in: scope).outcomes[0].get()
  }

  package func deleteContext(
    _ request: DeleteContextRequest, _ call: CallContext
  ) async throws(RPCError) -> Context {
    let (target, scope) = try await journal.accept(request, call) {
      ContextTarget(validating: $0, &$1)
    }
    return try await store.delete(Batch(target), detail: .full, in: scope).outcomes[0].get()
  }

  package func undeleteContext(
    _ request: UndeleteContextRequest, _ call: CallContext
  ) async throws(RPCError) -> Context {
    let (target, scope) = try await journal.accept(request, call) {
      ContextTarget(validating: $0.id, etag: $0.etag, &$1)
    }
    return try await store.undelete(Batch(target), detail: .full, in: scope).outcomes[0].get()
  }
}
