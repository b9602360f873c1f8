import CairnAPI
import GRPC
import Requests

/// A version whose values shall come back.
struct VersionRestoration {
  let id: String
  let version: Int64
  /// The version that the context must have now; empty: any.
  let etag: String

  init(validating request: RestoreContextVersionRequest, _ violations: inout Violations) {
    violations.identifier(request.id, at: "id")
    if request.version < 1 { violations.add("must be 1 or more", at: "version") }
    id = request.id
    version = request.version
    etag = request.etag
  }

  /// Decides with the context's head, nil when there is none, and with whether the version is kept.
  func resolved(against head: StoredHead?, isKept: Bool) -> Result<ResolvedTarget, RPCError> {
    if let refusal = StoredHead.refusal(toChange: head, id: id, etag: etag) { return .failure(refusal) }
    guard let head, isKept else { return .failure(.versionNotFound(version, of: id)) }
    return .success(ResolvedTarget(id: id, oldVersion: head.version))
  }
}
