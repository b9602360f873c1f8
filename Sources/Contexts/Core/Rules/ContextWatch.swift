import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A feed of contexts that may be opened.
struct ContextWatch {
  /// Whose changes; nil: of the whole project.
  let ids: Set<TextKey>?
  let start: WatchStart
  let detail: ContextDetail
  /// What contexts must meet before a change or after it; nil: nothing.
  let conditions: ContextConditions?
  /// The filter that says so: its bytes, by which equal conditions are known. Nil: none.
  let filterBytes: [UInt8]?
  /// The journal's words for the kinds of change that are wanted; nil: all.
  let actions: Set<String>?

  init(validating request: WatchContextsRequest) throws(RPCError) {
    var violations = Violations()
    ids = violations.anyOf(identifiers: request.ids, at: "ids", atMost: Limits.watchedIDs)
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    violations.view(request.view, at: "view")
    conditions = request.filter.map {
      ContextConditions(validating: $0, showDeleted: true, at: "filter", &violations)
    }
    actions = violations.actions(request.kinds, at: "kinds")
    try violations.check()
    filterBytes = request.filter?.serializedBytes()
    detail = request.view.detail
  }
}

extension ContextWatch {
  /// Whether a change is one of those watched, as far as the journal alone can say.
  var matches: @Sendable (Change) -> Bool {
    let (ids, actions) = (ids, actions)
    return {
      $0.kind == "context" && ids?.contains($0.id) ?? true && actions?.contains($0.action) ?? true
    }
  }

  /// Changes looked at together. With a filter most may be none of those wanted; their contents are not looked up.
  var batch: Int { detail == .full && conditions == nil ? 16 : 256 }
}
