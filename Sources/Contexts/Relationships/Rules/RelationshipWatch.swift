import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A feed of relationships that may be opened.
struct RelationshipWatch {
  let start: WatchStart
  /// Either end of those watched; nil: of the whole project.
  private let contexts: Set<TextKey>?
  /// Nil: all.
  private let relationshipKinds: Set<RelationshipKind>?
  /// The journal's words for the kinds of change that are wanted; nil: all.
  private let actions: Set<String>?

  init(validating request: WatchRelationshipsRequest) throws(RPCError) {
    var violations = Violations()
    contexts = violations.anyOf(
      identifiers: request.contexts, at: "contexts", atMost: Limits.watchedIDs)
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    relationshipKinds = violations.anyOf(
      request.relationshipKinds, at: "relationship_kinds", atMost: Limits.watchedKinds
    ) { $0.relationshipKind($2, at: $1) }
    actions = violations.actions(request.kinds, at: "kinds")
    try violations.check()
  }

  /// Whether a change is one of those watched. The journal names a relationship by its ends and its kind.
  var matches: @Sendable (Change) -> Bool {
    let (contexts, kinds, actions) = (contexts, relationshipKinds, actions)
    return { change in
      guard change.kind == "relationship", actions?.contains(change.action) ?? true else { return false }
      if contexts == nil, kinds == nil { return true }
      guard let key = RelationshipKey(text: change.id) else { return false }
      return (contexts.map { $0.contains(key.source) || $0.contains(key.target) } ?? true)
        && (kinds?.contains(key.kind) ?? true)
    }
  }
}

extension RelationshipChange.Kind: ChangeKind {
  /// What the journal calls them.
  package static let actions: [(RelationshipChange.Kind, String)] = [
    (.created, "created"), (.updated, "updated"), (.ended, "ended"), (.removed, "removed"),
    (.purged, "purged"),
  ]

  /// Whether the relationship is there no longer.
  static func isGone(after action: String) -> Bool { action == "removed" || action == "purged" }
}
