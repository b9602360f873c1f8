import CairnAPI
import Journal
import Wire

/// The response of a `Watch…` method: the journal's id, and one event of a feed.
package protocol WatchResponse: Message {
  associatedtype Event: WatchEvent

  var journalId: String { get set }
  var event: Event? { get set }
}

/// What a `Watch…` method sends beside changes, as the cases of its oneof `event`.
package protocol WatchEvent {
  static func caughtUp(_: CaughtUp) -> Self
  static func checkpoint(_: Checkpoint) -> Self
}

extension WatchResponse {
  /// The response for a mark of the feed; nil for a row.
  package init?<Entry>(_ element: FeedElement<Entry>) {
    self.init()
    switch element {
    case .row: return nil
    case .caughtUp(let position):
      var caughtUp = CaughtUp()
      caughtUp.position = position
      event = .caughtUp(caughtUp)
    case .checkpoint(let position):
      var checkpoint = Checkpoint()
      checkpoint.position = position
      event = .checkpoint(checkpoint)
    }
  }
}
