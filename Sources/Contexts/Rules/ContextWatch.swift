import CairnAPI
import GRPC
import Requests

/// A feed of contexts that may be opened.
struct ContextWatch {
  /// Whose changes; nil: of the whole project.
  let ids: Set<String>?
  /// Nil: from now on.
  let position: Int64?
  /// Nil: after everything at `position`.
  let ordinal: Int32?
  /// The journal that `position` was read from; nil: not checked.
  let journalID: String?
  let isFull: Bool

  init(validating request: WatchContextsRequest) throws(RPCError) {
    var violations = Violations()
    if request.ids.count > Limits.watchedIDs {
      violations.add("ids", "must have at most \(Limits.watchedIDs) entries, not \(request.ids.count)")
    } else {
      for (index, id) in request.ids.enumerated() { violations.identifier("ids[\(index)]", id) }
    }
    if let position = request.afterPosition, position < 0 {
      violations.add("after_position", "must not be negative")
    }
    if let ordinal = request.afterOrdinal {
      if ordinal < 0 { violations.add("after_ordinal", "must not be negative") }
      if request.afterPosition == nil {
        violations.add("after_ordinal", "has no meaning without after_position")
      }
    }
    violations.view("view", request.view)
    try violations.check()
    ids = request.ids.isEmpty ? nil : Set(request.ids)
    position = request.afterPosition
    ordinal = request.afterOrdinal
    journalID = request.journalId.isEmpty ? nil : request.journalId
    isFull = request.view.isFull
  }
}
