import CairnAPI
import GRPC
import Journal
import Requests

/// A page of a session's checkpoints that may be read.
struct CheckpointList {
  let session: String
  /// Empty for all.
  let kinds: [SessionCheckpoint.Kind]
  /// The position that those of the page come before.
  let before: Int64
  let pageSize: Int
  private let seal: PageSeal

  init(
    validating request: ListCheckpointsRequest, in project: String, key: TokenKey
  ) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    violations.entries(request.kinds, at: "kinds", atMost: Limits.watchedKinds) {
      switch $2 {
      case .manual, .automatic, .failure: break
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      }
    }
    pageSize = violations.pageSize(request.pageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    let after = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    (session, kinds, before) = (request.session, request.kinds, after?.time ?? .max)
  }

  func nextPageToken(after last: SessionCheckpoint) -> String {
    PageToken(time: last.position, id: last.id).text(for: seal)
  }
}

extension ListCheckpointsRequest: ListRequest {}
extension ListCheckpointsResponse: JournalAnswer {}
extension CreateCheckpointRequest: WriteRequest {}
extension RestoreCheckpointRequest: WriteRequest {}
