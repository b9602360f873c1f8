import GRPC
import Postgres

/// The stream that a watcher reads. Ends only with an error or its task; with UNAVAILABLE / SHUTTING_DOWN when the
/// server stops. Errors say in `position` (and `ordinal`) how far the stream was. Used on its loop, from one
/// task.
package final class FeedStream<Entry: FeedRow>: Sendable {
  /// The journal that the positions belong to.
  package let journal: UUID128
  private let watcher: FeedWatcher<Entry>

  init(_ watcher: FeedWatcher<Entry>, journal: UUID128) {
    self.watcher = watcher
    self.journal = journal
    watcher.open()
  }

  deinit {
    // It does not hold the stream, which is to go with its last user.
    let watcher = watcher
    watcher.loop.execute { watcher.close() }
  }

  /// The next element; suspends until there is one.
  package func next() async throws(RPCError) -> FeedElement<Entry> { try await watcher.next() }

  /// The next element together with those that are ready, at most `limit`: for callers that look something up for
  /// each row, several rows at once.
  package func next(atMost limit: Int) async throws(RPCError) -> [FeedElement<Entry>] {
    [try await watcher.next()] + watcher.takeReady(atMost: limit - 1)
  }
}
