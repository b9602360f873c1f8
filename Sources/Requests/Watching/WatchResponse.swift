import CairnAPI
import Journal
import Wire

/// The response of a `Watch…` method: the journal's id, and one event of a feed.
package protocol WatchResponse: Message {
  var journalId: String { get set }

  static func caughtUp(_ caughtUp: CaughtUp) -> Self
  static func checkpoint(_ checkpoint: Checkpoint) -> Self
}

extension WatchResponse {
  /// What the feed itself says; nil for a row.
  package init?<Entry>(_ element: FeedElement<Entry>) {
    switch element {
    case .row: return nil
    case .caughtUp(let position):
      var caughtUp = CaughtUp()
      caughtUp.position = position
      self = .caughtUp(caughtUp)
    case .checkpoint(let position):
      var checkpoint = Checkpoint()
      checkpoint.position = position
      self = .checkpoint(checkpoint)
    }
  }
}

extension Provenance {
  package init(_ change: Change) {
    self.init()
    time = WellKnown.Timestamp(change.at)
    principal = change.principal
    agent = change.agent ?? ""
    session = change.session ?? ""
    task = change.task ?? ""
    lease = change.lease ?? ""
    leaseEpoch = change.leaseEpoch ?? 0
    operation = change.operation
  }
}
