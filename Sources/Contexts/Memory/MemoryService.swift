import CairnAPI
import GRPC
import Journal
import Requests

/// `cairn.v1.MemoryService`.
package struct MemoryService: MemoryServiceProvider {
  let journal: Journal
  let store: MemoryStore

  package func remember(_ request: RememberRequest, _ call: CallContext) async throws(RPCError) -> Context {
    let scope = try await journal.scope(of: request, call)
    var violations = Violations()
    let draft = ContextDraft(remembering: request.context, by: scope, at: "context", &violations)
    violations.requestID(request.requestId)
    try violations.check()
    return try await store.contexts.create(draft, in: scope)
  }

  package func recall(_ request: RecallRequest, _ call: CallContext) async throws(RPCError) -> RecallResponse
  {
    let recall = try Recall(validating: request)
    let project = try await journal.project(request.project, call)
    return try await journal.reading(recall.asOf, in: project, call) { moment throws(RPCError) in
      try await journal.naming(store.recall(recall, at: moment, in: project))
    }
  }

  package func forget(_ request: ForgetRequest, _ call: CallContext) async throws(RPCError) -> Context {
    let (target, scope) = try await journal.accept(request, call) { request, violations in
      var target = ContextTarget(validating: request.id, etag: request.etag, &violations)
      target.isMemory = true
      return target
    }
    return try await store.contexts.delete(Batch(target), detail: .full, in: scope).outcomes[0].get()
  }

  package func supersede(
    _ request: SupersedeRequest, _ call: CallContext
  ) async throws(RPCError) -> SupersedeResponse {
    let scope = try await journal.scope(of: request, call)
    let supersession = try Supersession(validating: request, by: scope)
    return try await journal.naming(store.supersede(supersession, in: scope))
  }
}
