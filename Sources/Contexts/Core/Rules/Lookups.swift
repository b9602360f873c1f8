import CairnAPI
import GRPC
import Journal
import Requests

/// One context that may be read.
struct ContextLookup {
  let id: String
  let showDeleted: Bool
  let detail: ContextDetail
  /// Nil for now.
  let asOf: WantedMoment?

  init(validating request: GetContextRequest) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    violations.view(request.view, at: "view")
    asOf = violations.asOf(request.asOf, at: "as_of")
    try violations.check()
    id = request.id
    showDeleted = request.showDeleted
    detail = request.view.detail
  }
}

/// Several contexts that may be read. Ids that cannot exist are refused each in its place.
struct ContextLookups {
  let ids: [Result<String, RPCError>]
  let showDeleted: Bool
  let detail: ContextDetail
  /// Nil for now.
  let asOf: WantedMoment?

  init(validating request: BatchGetContextsRequest) throws(RPCError) {
    var violations = Violations()
    violations.batch(request.ids.count, at: "ids")
    violations.view(request.view, at: "view")
    asOf = violations.asOf(request.asOf, at: "as_of")
    try violations.check()
    ids = request.ids.map { id in
      var violations = Violations()
      violations.identifier(id, at: "id")
      return violations.error().map(Result.failure) ?? .success(id)
    }
    showDeleted = request.showDeleted
    detail = request.view.detail
  }
}
