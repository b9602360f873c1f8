import CairnAPI
import Requests

/// A context that is to be deleted or brought back, and the version that it must have.
struct ContextTarget {
  let id: String
  /// Empty: any version.
  let etag: String
  /// Whether it must be a memory.
  var isMemory = false
  /// Whether all is well when it is not there.
  var allowsMissing = false

  init(id: String, etag: String, isMemory: Bool) {
    self.id = id
    self.etag = etag
    self.isMemory = isMemory
  }

  init(validating request: DeleteContextRequest, _ violations: inout Violations) {
    self.init(validating: request.id, etag: request.etag, &violations)
    allowsMissing = request.allowMissing
  }

  init(validating id: String, etag: String, _ violations: inout Violations) {
    violations.identifier(id, at: "id")
    self.id = id
    self.etag = etag
  }
}
