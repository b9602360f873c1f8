/// What a feed says.
package enum FeedElement<Entry: FeedRow>: Sendable {
  /// Something that happened.
  case row(Entry)
  /// Everything at or below the position has been delivered; what follows is live. Said again whenever a
  /// watcher that had fallen behind is back.
  case caughtUp(Int64)
  /// Nothing at or below the position is still to come: a safe start for another feed.
  case checkpoint(Int64)
}

extension FeedElement: Equatable where Entry: Equatable {}
