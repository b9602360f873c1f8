import CairnAPI
import GRPC
import Journal
import Requests

/// A page of a family of sessions that may be read.
struct SessionTree {
  let session: String
  let showDeleted: Bool
  let after: PageToken?
  let pageSize: Int
  private let seal: PageSeal

  /// Deleted sessions that are looked through for living ones below each that is deleted itself.
  static let looked = 200

  init(
    validating request: ListSessionTreeRequest, in project: String, key: TokenKey
  ) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    pageSize = violations.pageSize(request.pageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    after = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    (session, showDeleted) = (request.session, request.showDeleted)
  }

  /// - Parameter last: The root comes before all others, whatever the clock said.
  func nextPageToken(after last: SessionTreeNode) -> String {
    PageToken(time: last.depth == 0 ? 0 : last.createTime?.microseconds ?? 0, id: last.id).text(for: seal)
  }
}

extension ListSessionTreeRequest: ListRequest {}
