import CairnAPI
import Journal
import Wire

/// What a `Watch…` method may send, beside rows of its own: the oneof `event` of its responses. The cases that generated
/// code has for the two marks make it one.
package protocol WatchEvent {
  static func caughtUp(_ caughtUp: CaughtUp) -> Self
  static func checkpoint(_ checkpoint: Checkpoint) -> Self
}

/// The response of a `Watch…` method: the journal's id, and one event of a feed.
package protocol WatchResponse: Message {
  associatedtype Event: WatchEvent
  var journalId: String { get set }
  var event: Event? { get set }
}

extension WatchResponse {
  package init(_ event: Event) {
    self.init()
    self.event = event
  }

  /// What the feed itself says; nil for a row.
  package init?<Entry>(_ element: FeedElement<Entry>) {
    switch element {
    case .row: return nil
    case .caughtUp(let position):
      var caughtUp = CaughtUp()
      caughtUp.position = position
      self.init(.caughtUp(caughtUp))
    case .checkpoint(let position):
      var checkpoint = Checkpoint()
      checkpoint.position = position
      self.init(.checkpoint(checkpoint))
    }
  }
}

extension WatchResponse {
  /// The responses to elements of a feed, marks included, for as many rows as were looked up; with the number of elements
  /// that they are for.
  ///
  /// - Parameter response: For a row and its place among the rows; nil when nothing is sent of it.
  package static func answers<Entry>(
    to elements: ArraySlice<FeedElement<Entry>>, whenFound count: Int,
    _ response: (Int, Entry) -> Self?
  ) -> (responses: [Self], taken: Int) {
    var answers: [Self] = []
    var place = 0
    for (taken, element) in elements.enumerated() {
      if let mark = Self(element) {
        answers.append(mark)
      } else if let row = element.row {
        if place == count { return (answers, taken) }
        if let answer = response(place, row) { answers.append(answer) }
        place += 1
      }
    }
    return (answers, elements.count)
  }
}
