/// One element of a feed.
package enum FeedElement<Entry: FeedRow>: Sendable {
  /// A row of the history.
  case row(Entry)
  /// Everything at or below the position has been delivered; what follows is live. Sent again whenever a
  /// watcher that had fallen behind has caught up once more.
  case caughtUp(Int64)
  /// Nothing at or below the position is still to come: a safe start for another feed.
  case checkpoint(Int64)
}

extension FeedElement: Equatable where Entry: Equatable {}
