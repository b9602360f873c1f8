import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A page of a list of sessions that may be read.
struct SessionList {
  let filter: SessionFilter
  let createdFrom, createdBefore: Int64?
  let showDeleted: Bool
  let after: PageToken?
  let pageSize: Int
  /// Of everything that a page token must agree with.
  private let seal: PageSeal

  init(validating request: ListSessionsRequest, in project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    let filter = request.filter ?? SessionFilter()
    violations.optionalIdentifier(filter.agent, at: "filter.agent")
    violations.entries(filter.states, at: "filter.states", atMost: Limits.filterStates) {
      switch $2 {
      case .working, .broken, .coordinating, .completed: break
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      }
    }
    if !filter.entity.isEmpty {
      violations.identifier(filter.entity, at: "filter.entity", atMost: Limits.entityLength)
    }
    violations.optionalIdentifier(filter.parent, at: "filter.parent")
    violations.optionalIdentifier(filter.owner, at: "filter.owner")
    createdFrom = violations.time(filter.createdFrom, at: "filter.created_from")
    createdBefore = violations.time(filter.createdBefore, at: "filter.created_before")
    pageSize = violations.pageSize(request.pageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    after = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    self.filter = filter
    showDeleted = request.showDeleted
  }

  func nextPageToken(after last: Session) -> String {
    PageToken(time: last.createTime?.microseconds ?? 0, id: last.id).text(for: seal)
  }
}

extension ListSessionsRequest: ListRequest {}
