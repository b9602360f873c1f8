import GRPC
import Postgres

/// What a watcher reads. Ends only with an error or the task; with UNAVAILABLE / SHUTTING_DOWN when the
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
    // Not the stream: nothing may hold it any more.
    let watcher = watcher
    watcher.loop.execute { watcher.close() }
  }

  /// The next thing to know; suspends until there is one.
  package func next() async throws(RPCError) -> FeedElement<Entry> { try await watcher.next() }

  /// The next thing to know together with what is known already, at most `limit`: for those who look
  /// something up for each row and want to do so for several at once.
  package func next(atMost limit: Int) async throws(RPCError) -> [FeedElement<Entry>] {
    [try await watcher.next()] + watcher.takeReady(atMost: limit - 1)
  }
}
