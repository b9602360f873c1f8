import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A feed of templates that may be opened.
struct TemplateWatch {
  let start: WatchStart
  /// Nil: all of the project.
  private let ids: Set<TextKey>?
  /// The journal's words for the kinds of change that are wanted; nil: all.
  private let actions: Set<String>?

  init(validating request: WatchTemplatesRequest) throws(RPCError) {
    var violations = Violations()
    ids = violations.anyOf(identifiers: request.ids, at: "ids", atMost: Limits.watchedIDs)
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    actions = violations.actions(request.kinds, at: "kinds")
    try violations.check()
  }

  /// Whether a change is one of those watched.
  var matches: @Sendable (Change) -> Bool {
    let (ids, actions) = (ids, actions)
    return {
      $0.kind == "template" && ids?.contains($0.id) ?? true && actions?.contains($0.action) ?? true
    }
  }
}

extension CairnAPI.TemplateChange.Kind: ChangeKind {
  /// What the journal calls them.
  package static let actions: [(CairnAPI.TemplateChange.Kind, String)] = [
    (.created, "created"), (.updated, "updated"), (.deleted, "deleted"),
  ]
}
