import Synchronization

/// What the journal tells its feeds, whatever their rows are.
protocol RegisteredFeed: Sendable {
  /// From the ticker, on the home loop. Returns whether there are watchers.
  func advance(_ outcome: SettleTicker.Outcome) -> Bool
  /// Ends the streams of projects that were deleted. From any thread.
  func end(_ deleted: [ProjectID])
  /// Ends all streams. From any thread.
  func drain()
  /// Its streams that are open on this server. From any thread.
  var watchers: FeedWatchers { get }
}

/// How many streams of a feed are open.
package struct FeedWatchers: Sendable {
  package let feed: String
  package let count: Int
}

/// All feeds of a journal: that of its changes, and those that domains have brought.
final class FeedRegistry: Sendable {
  private let feeds = Mutex<[any RegisteredFeed]>([])

  func add(_ feed: any RegisteredFeed) { feeds.withLock { $0.append(feed) } }

  private var all: [any RegisteredFeed] { feeds.withLock { $0 } }

  func advance(_ outcome: SettleTicker.Outcome) -> Bool {
    // Each of them is told, also when the first one has watchers.
    all.count { $0.advance(outcome) } > 0
  }

  func end(_ deleted: [ProjectID]) { for feed in all { feed.end(deleted) } }

  func drain() { for feed in all { feed.drain() } }

  var watchers: [FeedWatchers] { all.map(\.watchers) }
}
