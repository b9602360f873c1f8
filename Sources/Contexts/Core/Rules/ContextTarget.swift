import CairnAPI
import Requests

/// A context that is to be deleted or brought back, and the version that it must have.
struct ContextTarget {
  let id: String
  /// Empty: any version.
  let etag: String
  /// Whether it must be a memory.
  var isMemory = false

  init(id: String, etag: String, isMemory: Bool) {
    self.id = id
    self.etag = etag
    self.isMemory = isMemory
  }

  init(validating id: String, etag: String, _ violations: inout Violations) {
    violations.identifier("id", id)
    self.id = id
    self.etag = etag
  }
}
