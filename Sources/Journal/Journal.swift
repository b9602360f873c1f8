import EventLoop
import Postgres
import Synchronization

/// The order of everything that happens, and the way to hear of it: what all domains share.
///
/// A write goes through ``write(_:in:)`` or ``create(in:keys:write:found:answer:)`` and gets one position;
/// feeds deliver what was written, in order, each row once. See docs/journal.md.
package final class Journal: Sendable {
  package let configuration: JournalConfiguration
  let pool: PostgresPool
  let loops: PerLoop<JournalLoop>
  let ticker: SettleTicker
  /// The feed of everything that changed.
  package let changes: Feed<Change>
  /// Work that outlives the call that asked for it.
  package let operations: Operations

  private let url: String
  private let home: EventLoop
  private let blocking: BlockingPool
  private let maintenance: Maintenance
  private let deletedProjects: DeletedProjects
  private let pruning = Mutex<Duty?>(nil)
  private let listener = Mutex<NotificationListener?>(nil)
  let feeds: FeedRegistry
  let eventLoops: [EventLoop]
  private let registeredKinds = Mutex<[VersionedKind]>([])
  /// Nil until somebody needs it.
  let keptIdentity = Mutex<JournalIdentity?>(nil)

  /// - Parameters:
  ///   - url: The database of `pool`, for the connection that listens.
  ///   - loops: The loops on which calls run. The first one also settles and tails.
  package init(
    pool: PostgresPool, url: String, loops: [EventLoop], blocking: BlockingPool,
    configuration: JournalConfiguration = JournalConfiguration()
  ) {
    self.configuration = configuration
    self.pool = pool
    self.url = url
    self.blocking = blocking
    home = loops[0]
    let perLoop = PerLoop(loops) { JournalLoop($0, configuration) }
    self.loops = perLoop
    ticker = SettleTicker(pool: pool, loop: home, configuration)
    eventLoops = loops
    let (changes, feeds) = (Feed<Change>(pool: pool, home: home, loops: loops, configuration), FeedRegistry())
    feeds.add(changes)
    self.changes = changes
    self.feeds = feeds
    deletedProjects = DeletedProjects(
      pool: pool, loop: home,
      tell: {
        await perLoop.forget($0)
        feeds.end($0)
      },
      forgetAll: { for each in perLoop.all { each.projects.loop.execute { each.projects.forgetAll() } } })
    maintenance = Maintenance(pool: pool, loop: home, configuration)
    operations = Operations(pool: pool, home: home, lanes: configuration.operationLanes)
  }

  /// A feed of a domain's own history: rows of a table that is written at positions of the journal. Before
  /// ``start()``.
  package func feed<Entry: FeedRow>(of _: Entry.Type) -> Feed<Entry> {
    let feed = Feed<Entry>(pool: pool, home: home, loops: eventLoops, configuration)
    feeds.add(feed)
    return feed
  }

  /// The kinds of resources that keep their versions, of all domains.
  package var kinds: [VersionedKind] { registeredKinds.withLock { $0 } }

  /// Adds the kinds of a domain, so that what works on all of them has nothing to know of it. Before calls are
  /// served.
  package func register(_ kinds: [VersionedKind]) { registeredKinds.withLock { $0 += kinds } }

  /// Starts settling, feeds and maintenance. The schema must be up to date.
  package func start() throws(PostgresError) {
    if configuration.listensForHints {
      let listener = try NotificationListener(
        url: url, channels: [SettleTicker.channel], loop: home, blocking: blocking
      ) { [ticker] event in ticker.handle(event) }
      self.listener.withLock { $0 = listener }
    }
    let pruner = Pruning(pool: pool, ticker: ticker, loop: home, configuration: configuration)
    let duty = Duty("journal.prune", journal: self, on: home, every: configuration.pruneInterval) { duty in
      await pruner.run(while: duty.mayGoOn)
    }
    pruning.withLock { $0 = duty }
    duty.start()
    home.execute { [self] in
      ticker.start { [feeds, deletedProjects] outcome in
        deletedProjects.advance(outcome)
        return feeds.advance(outcome)
      }
      maintenance.start()
    }
  }

  /// Ends all feeds with UNAVAILABLE and the position to go on from; new ones are refused. Writes go on.
  package func drain() {
    feeds.drain()
    operations.drain()
  }

  /// Whether the server is stopping: calls that last end, and say how far they came.
  package var isDraining: Bool { operations.isDraining }

  /// Stops what runs in the background. After the last call has ended, and before the pool is closed.
  package func stop() async {
    drain()
    listener.withLock { listener in
      listener?.close()
      listener = nil
    }
    await operations.stop()
    await pruning.withLock { $0 }?.stop()
    await home.run { [self] in
      await ticker.stop()
      await deletedProjects.stop()
      await maintenance.stop()
    }
  }

  /// How many streams of each feed are open on this server.
  package var watchers: [FeedWatchers] { feeds.watchers }

  /// How far the journal is, and who holds it back.
  package var status: SettleStatus { ticker.status }
}

/// What the journal keeps on each loop.
struct JournalLoop: Sendable {
  let projects: KnownProjects
  let writes: WriteQueue

  init(_ loop: EventLoop, _ configuration: JournalConfiguration) {
    projects = KnownProjects(loop: loop)
    writes = WriteQueue(loop, configuration)
  }
}
