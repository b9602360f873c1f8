import CairnAPI
import GRPC
import Journal
import Wire

/// A request to watch resources of one kind by their ids. Name yours: `extension WatchThingsRequest: ResourceWatchRequest {}`.
package protocol ResourceWatchRequest: Message {
  associatedtype Kind: ChangeKind
  var ids: [String] { get }
  var afterPosition: Int64? { get }
  var afterOrdinal: Int32? { get }
  var journalId: String { get }
  var kinds: [Kind] { get }
}

/// A feed of resources of one kind that may be opened.
package struct ResourceWatch {
  package let start: WatchStart
  /// The journal's word for the kind, such as `template`.
  private let kind: String
  /// Nil: all of the project.
  private let ids: Set<TextKey>?
  /// The journal's words for the kinds of change that are wanted; nil: all.
  private let actions: Set<String>?

  package init(of kind: String, validating request: some ResourceWatchRequest) throws(RPCError) {
    var violations = Violations()
    ids = violations.anyOf(identifiers: request.ids, at: "ids", atMost: Limits.watchedIDs)
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    actions = violations.actions(request.kinds, at: "kinds")
    self.kind = kind
    try violations.check()
  }

  /// Whether a change is one of those watched.
  package var matches: @Sendable (Change) -> Bool {
    let (kind, ids, actions) = (kind, ids, actions)
    return { $0.kind == kind && ids?.contains($0.id) ?? true && actions?.contains($0.action) ?? true }
  }
}
