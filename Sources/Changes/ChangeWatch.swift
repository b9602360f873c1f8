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

  init(validating request: WatchChangesRequest) throws(RPCError) {
    var violations = Violations()
    kinds = violations.anyOf(
      identifiers: request.resourceKinds, at: "resource_kinds", atMost: Limits.watchedKinds)
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    try violations.check()
  }

  var matches: @Sendable (Change) -> Bool {
    let kinds = kinds
    return { kinds?.contains($0.kind) ?? true }
  }
}
