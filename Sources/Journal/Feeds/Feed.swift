import CairnAPI
import EventLoop
import GRPC
import Postgres
import Synchronization

/// The feed of one kind of row, for any number of watchers on all loops.
package final class Feed<Entry: FeedRow>: RegisteredFeed {
  private let pool: PostgresPool
  private let home: EventLoop
  private let tail: Tail<Entry>
  private let hubs: PerLoop<FeedHub<Entry>>
  private let pageSize: Int
  private let open = Atomic<Int>(0)

  init(pool: PostgresPool, home: EventLoop, loops: [EventLoop], _ configuration: JournalConfiguration) {
    self.pool = pool
    self.home = home
    pageSize = configuration.pageSize
    let tail = Tail<Entry>(
      pool: pool, loop: home, chunk: configuration.tailChunk, grace: configuration.pruneGrace)
    self.tail = tail
    hubs = PerLoop(loops) { loop in
      FeedHub(loop: loop, configuration) { hub, topic, subscription in
        home.execute { tail.subscribe(hub, to: topic, subscription: subscription) }
      }
    }
    tail.attach(Array(hubs.all))
  }

  /// Delivers the topic's rows that match, from `start` on, each exactly once and in order.
  ///
  /// Rows are read as the caller takes them: a slow caller holds up no other. To go on after an error
  /// start with the last row received (position and ordinal) or the last `caughtUp` or `checkpoint`,
  /// whichever came later.
  /// - Parameters:
  ///   - topic: With a key only for rows that have ``FeedRow/keyed``.
  ///   - journal: The journal that the start comes from; nil when the caller does not say.
  ///   - loop: Where the stream will be read; the caller runs on it.
  package func watch(
    _ topic: FeedTopic, from start: StartPosition, journal: String? = nil, on loop: EventLoop,
    matching matches: @escaping @Sendable (Entry) -> Bool = { _ in true }
  ) async throws(RPCError) -> FeedStream<Entry> {
    loop.assertOnLoop()
    let extent = try await extent(of: topic.project)
    let cursor = try extent.cursor(start, journal: journal)
    return FeedStream(
      FeedWatcher(
        self, hubs[loop],
        FeedMachine(topic, start: cursor, present: extent.newest, matches: matches)),
      journal: extent.id)
  }

  private func extent(of project: ProjectID) async throws(RPCError) -> JournalExtent {
    do throws(PostgresError) {
      let found = try await pool.lookup(JournalQueries.readJournal, project)
      return try JournalExtent(decoding: try found.rows.only(), found.columns)
    } catch { throw RPCError(error) }
  }

  /// One page of a watcher that catches up, and the number of rows that make it a full one.
  func page(
    _ topic: FeedTopic, after cursor: Cursor, through: Int64
  ) async throws(RPCError) -> (rows: [Entry], limit: Int) {
    var query = Entry.page
    if topic.key != nil {
      guard let keyed = Entry.keyed else { preconditionFailure("\(Entry.self) has no keys") }
      query = keyed.page
    }
    let page = FeedPage(topic, after: cursor, through: through, limit: pageSize)
    do throws(PostgresError) {
      return (try await pool.query(query, page).decoded(), pageSize)
    } catch { throw RPCError(error) }
  }

  /// Throws POSITION_PRUNED when rows after the cursor may be gone. Asked after a page was read: what was
  /// there then was complete.
  func checkNotPruned(_ cursor: Cursor, in project: ProjectID) async throws(RPCError) {
    _ = try await extent(of: project).cursor(
      .after(cursor.position, ordinal: cursor.isBorder ? nil : cursor.ordinal), journal: nil)
  }

  func advance(_ outcome: SettleTicker.Outcome) -> Bool {
    switch outcome {
    case .settled(let position): tail.advance(position)
    case .restarted(let position): tail.restart(position)
    }
    return tail.isWatched
  }

  func end(_ deleted: [ProjectID]) {
    for hub in hubs.all { hub.loop.execute { hub.end(deleted) } }
  }

  func drain() {
    for hub in hubs.all { hub.loop.execute { hub.drain() } }
  }

  var watchers: FeedWatchers {
    FeedWatchers(feed: Entry.feedName, count: open.load(ordering: .relaxed))
  }

  func watcherOpened() { open.add(1, ordering: .relaxed) }

  func watcherClosed() { open.subtract(1, ordering: .relaxed) }
}
