import CairnAPI
import GRPC
import Journal
import Requests

/// What those who hold tasks do outside.
extension TaskService {
  package func recordEffect(
    _ request: RecordEffectRequest, _ call: CallContext
  ) async throws(RPCError) -> RecordEffectResponse {
    let ((given, repeats), scope) = try await journal.accept(request, call) { request, violations in
      violations.effectKey(request.key)
      return (violations.holder(of: request), violations.onUnfinished(request.onUnfinished))
    }
    return try await journal.naming(
      try await store.record(
        request.key, by: try given.completed(by: scope), repeats: repeats, in: scope))
  }

  package func finishEffect(
    _ request: FinishEffectRequest, _ call: CallContext
  ) async throws(RPCError) -> TaskEffect {
    let ((given, outcome), scope) = try await journal.accept(request, call) { request, violations in
      violations.effectKey(request.key)
      return (violations.holder(of: request), violations.outcome(request.outcome))
    }
    return try await store.finish(request.key, by: try given.completed(by: scope), outcome, in: scope)
  }
}
