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
    violations.identifier("id", request.id)
    violations.view("view", request.view)
    asOf = violations.asOf("as_of", request.asOf)
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
    violations.batch("ids", request.ids.count)
    violations.view("view", request.view)
    asOf = violations.asOf("as_of", request.asOf)
    try violations.check()
    ids = request.ids.map { id in
      var violations = Violations()
      violations.identifier("id", id)
      return violations.error().map(Result.failure) ?? .success(id)
    }
    showDeleted = request.showDeleted
    detail = request.view.detail
  }
}
