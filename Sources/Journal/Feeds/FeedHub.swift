import EventLoop

/// A feed's part on one loop: the newest rows, and the watchers of them. Confined to `loop`.
///
/// The tail reads on its own loop and hands every hub the same ranges in the same order, without gaps. A
/// topic's rows are in them from the moment the tail confirms that it is watched.
final class FeedHub<Entry: FeedRow>: @unchecked Sendable {
  let loop: EventLoop
  private(set) var recent: RecentRows<Entry>
  /// Whether the tail has said yet how far it is.
  private(set) var isPrimed = false
  /// Counts restarts of the journal: streams of an earlier one end.
  private(set) var incarnation = 0
  private(set) var isDraining = false

  private var watchers = Watchers()
  /// Projects that were deleted while they were watched: their streams end.
  private var deleted: Set<ProjectID> = []
  /// Waiters for a position of any topic, not only for rows of their own.
  private var arrivals: [(position: Int64, waiter: any FeedWaiter)] = []
  /// Which subscription of a topic counts: an answer to an earlier one is stale.
  private var subscriptions: [FeedTopic: Int] = [:]
  private var lastSubscription = 0
  private let limit: Int
  private let checkpointInterval: Duration
  private var reminder: ClosureTimer?
  /// Asks the tail for a topic's rows, or tells it that they are no longer wanted (nil).
  private let subscribe: @Sendable (FeedHub<Entry>, FeedTopic, Int?) -> Void

  init(
    loop: EventLoop, _ configuration: JournalConfiguration,
    subscribe: @escaping @Sendable (FeedHub<Entry>, FeedTopic, Int?) -> Void
  ) {
    self.loop = loop
    limit = configuration.recentRows
    checkpointInterval = configuration.checkpointInterval
    recent = RecentRows(through: 0, limit: limit)
    self.subscribe = subscribe
  }

  // MARK: Watchers

  func insert(_ waiter: any FeedWaiter, for topic: FeedTopic) {
    loop.assertOnLoop()
    if watchers.insert(waiter, for: topic) {
      lastSubscription += 1
      subscriptions[topic] = lastSubscription
      subscribe(self, topic, lastSubscription)
    }
    startReminding()
  }

  func remove(_ waiter: any FeedWaiter, from topic: FeedTopic) {
    loop.assertOnLoop()
    arrivals.removeAll { $0.waiter === waiter }
    guard watchers.remove(waiter, from: topic) else { return }
    subscriptions[topic] = nil
    if deleted.contains(topic.project), !subscriptions.keys.contains(where: { $0.project == topic.project }) {
      deleted.remove(topic.project)
    }
    recent.deactivate(topic)
    subscribe(self, topic, nil)
  }

  func isDeleted(_ project: ProjectID) -> Bool { deleted.contains(project) }

  /// Ends the streams of projects that were deleted.
  func end(_ projects: [ProjectID]) {
    loop.assertOnLoop()
    for topic in subscriptions.keys where projects.contains(topic.project) {
      deleted.insert(topic.project)
      watchers.wake(topic)
    }
  }

  /// Wakes the waiter once everything up to the position has been read.
  func wake(_ waiter: any FeedWaiter, at position: Int64) {
    loop.assertOnLoop()
    arrivals.removeAll { $0.waiter === waiter }
    arrivals.append((position, waiter))
  }

  private func wakeArrivals() {
    if arrivals.isEmpty { return }
    let due = arrivals.filter { $0.position <= recent.through }
    arrivals.removeAll { $0.position <= recent.through }
    for arrival in due { arrival.waiter.wake() }
  }

  private func startReminding() {
    guard reminder == nil else { return }
    let timer = ClosureTimer { [weak self] in
      guard let self else { return }
      reminder = nil
      guard !watchers.isEmpty else { return }
      watchers.remindAll()
      startReminding()
    }
    reminder = timer
    loop.schedule(timer, after: checkpointInterval)
  }

  // MARK: From the tail, in order

  /// Every row of the topic after what was read so far will be among those appended.
  func activate(_ topic: FeedTopic, subscription: Int) {
    loop.assertOnLoop()
    guard subscriptions[topic] == subscription else { return }
    recent.activate(topic)
    watchers.wake(topic)
  }

  func append(_ rows: [FeedTopic: [Entry]], through: Int64) {
    loop.assertOnLoop()
    recent.append(rows, through: through)
    for topic in rows.keys { watchers.wake(topic) }
    wakeArrivals()
  }

  func skip(through: Int64) {
    loop.assertOnLoop()
    recent.skip(through: through)
    watchers.wakeAll()
  }

  /// The first range is known, and with it which rows are new.
  func begin(through: Int64) {
    loop.assertOnLoop()
    isPrimed = true
    recent.skip(through: through)
    watchers.wakeAll()
  }

  /// The journal is another one, or an older state of it: the feeds that are open end.
  func restart(through: Int64) {
    incarnation += 1
    begin(through: through)
  }

  func drain() {
    loop.assertOnLoop()
    isDraining = true
    watchers.wakeAll()
  }
}
