import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A feed of sessions that may be opened.
struct SessionWatch {
  let start: WatchStart
  /// Nil: all of the project.
  private let ids: Set<TextKey>?
  /// The journal's words for the kinds of change that are wanted; nil: all.
  private let actions: Set<String>?

  init(validating request: WatchSessionsRequest) throws(RPCError) {
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
      $0.kind == "session" && ids?.contains($0.id) ?? true && actions?.contains($0.action) ?? true
    }
  }
}

extension SessionChange.Kind: ChangeKind {
  /// What the journal calls them.
  package static let actions: [(SessionChange.Kind, String)] = [
    (.created, "created"), (.updated, "updated"), (.joined, "joined"), (.left, "left"),
    (.transitioned, "transitioned"), (.ended, "ended"), (.expired, "expired"), (.deleted, "deleted"),
    (.restored, "restored"), (.undeleted, "undeleted"),
    (.checkpointed, "checkpointed"),
  ]
}
