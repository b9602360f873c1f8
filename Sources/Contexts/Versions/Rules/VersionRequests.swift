import CairnAPI
import GRPC
import Journal
import Requests

/// A page of a context's versions that may be read.
struct VersionList {
  let id: String
  /// Only versions made before this position.
  let before: Int64
  let pageSize: Int
  let detail: ContextDetail
  private let seal: PageSeal

  init(validating request: ListContextVersionsRequest, project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    pageSize = violations.pageSize(request.pageSize)
    violations.view(request.view, at: "view")
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(parts: ["ListContextVersions", project, request.id]), key)
    before = violations.pageToken(request.pageToken, seal: seal)?.time ?? .max
    try violations.check()
    id = request.id
    detail = request.view.detail
  }

  /// The token of the page that follows the version made at `position`.
  func nextPageToken(after position: Int64) -> String {
    PageToken(time: position, id: id).text(for: seal)
  }
}

/// One or two versions of a context that may be read.
struct VersionLookup {
  let id: String
  /// 0: the present one.
  let version: Int64
  /// 0: the one before; nil: none.
  let other: Int64?
  let detail: ContextDetail

  init(validating request: GetContextVersionRequest) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    violations.version(request.version, at: "version")
    violations.view(request.view, at: "view")
    try violations.check()
    id = request.id
    version = request.version
    other = nil
    detail = request.view.detail
  }

  init(validating request: DiffContextVersionsRequest) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    violations.version(request.fromVersion, at: "from_version")
    violations.version(request.toVersion, at: "to_version")
    try violations.check()
    id = request.id
    version = request.toVersion
    other = request.fromVersion
    detail = .full
  }
}

extension Violations {
  fileprivate mutating func version(_ version: Int64, at field: String) {
    if version < 0 { add("must not be negative", at: field) }
  }
}
