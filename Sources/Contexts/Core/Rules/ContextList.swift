import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A page of a list that may be read.
struct ContextList {
  let conditions: ContextConditions
  let order: ListOrder
  let after: PageToken?
  let pageSize: Int
  let detail: ContextDetail
  /// The moment to list, as the request or the page token says; nil for now.
  let asOf: WantedMoment?
  /// Of everything that a page token must agree with.
  let seal: PageSeal

  init(validating request: ListContextsRequest, project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    conditions = ContextConditions(
      validating: request.filter ?? ContextFilter(), showDeleted: request.showDeleted, at: "filter",
      &violations)
    let order = ListOrder(request.orderBy)
    if order == nil {
      violations.add(
        "must be `create_time`, `update_time` or `id`, with or without ` desc`", at: "order_by")
    }
    self.order = order ?? .standard
    pageSize = violations.pageSize(request.pageSize)
    violations.view(request.view, at: "view")
    detail = request.view.detail
    let asOf = violations.asOf(request.asOf, at: "as_of")
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, order: self.order, project: project), key)
    after = violations.pageToken(request.pageToken, seal: seal)
    // Later pages are of the moment that the first one was of.
    self.asOf = after?.moment.map { WantedMoment(.known($0)) } ?? asOf
    try violations.check()
  }

  /// The token of the page that follows `last`.
  func nextPageToken(after last: PageToken) -> String { last.text(for: seal) }
}

extension Fingerprint {
  fileprivate init(of request: ListContextsRequest, order: ListOrder, project: String) {
    self.init()
    combine(part: "ListContexts")
    combine(part: project)
    combine(part: "\(order.key.rawValue) \(order.isDescending) \(request.showDeleted)")
    combine((request.filter ?? ContextFilter()).serializedBytes())
    if let asOf = request.asOf {
      combine(part: "as of")
      combine(asOf.serializedBytes())
    }
  }
}
