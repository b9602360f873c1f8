import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A feed of changes that may be opened.
struct ChangeWatch {
  let start: WatchStart
  /// Nil: all.
  private let kinds: Set<TextKey>?

  private static let kindLimit = 16

  init(validating request: WatchChangesRequest) throws(RPCError) {
    var violations = Violations()
    if request.resourceKinds.count > Self.kindLimit {
      violations.add(
        "resource_kinds", "must have at most \(Self.kindLimit) entries, not \(request.resourceKinds.count)")
    } else {
      for (index, kind) in request.resourceKinds.enumerated() {
        violations.identifier("resource_kinds[\(index)]", kind)
      }
    }
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    try violations.check()
    kinds = request.resourceKinds.isEmpty ? nil : Set(of: request.resourceKinds)
  }

  var matches: @Sendable (Change) -> Bool {
    let kinds = kinds
    return { kinds?.contains($0.kind) ?? true }
  }
}
