import CairnAPI
import GRPC
import Requests
import Wire

/// A feed of contexts that may be opened.
struct ContextWatch {
  /// Whose changes; nil: of the whole project.
  let ids: Set<TextKey>?
  /// Nil: from now on.
  let position: Int64?
  /// Nil: after everything at `position`.
  let ordinal: Int32?
  /// The journal that `position` was read from; nil: not checked.
  let journalID: String?
  let isFull: Bool
  /// What contexts must meet before a change or after it; nil: nothing.
  let conditions: ContextConditions?
  /// The journal's words for the kinds of change that are wanted; nil: all.
  let actions: Set<String>?

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
    conditions = request.filter.map {
      ContextConditions(validating: $0, showDeleted: true, at: "filter", &violations)
    }
    actions = violations.actions("kinds", request.kinds)
    try violations.check()
    ids = request.ids.isEmpty ? nil : Set(of: request.ids)
    position = request.afterPosition
    ordinal = request.afterOrdinal
    journalID = request.journalId.isEmpty ? nil : request.journalId
    isFull = request.view.isFull
  }
}

extension Violations {
  fileprivate mutating func actions(_ field: String, _ kinds: [ContextChange.Kind]) -> Set<String>? {
    guard kinds.count <= Limits.watchedKinds else {
      add(field, "must have at most \(Limits.watchedKinds) entries, not \(kinds.count)")
      return nil
    }
    for (index, kind) in kinds.enumerated() where kind.action == nil {
      let problem = kind == .unspecified ? "must be specified" : "has an unknown value, \(kind.rawValue)"
      add("\(field)[\(index)]", problem)
    }
    return kinds.isEmpty ? nil : Set(kinds.compactMap(\.action))
  }
}
