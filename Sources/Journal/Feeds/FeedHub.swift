import EventLoop

/// A feed's part on one loop: the newest rows, and those who watch them. Confined to `loop`.
///
/// The tail reads on its own loop and hands every hub the same ranges in the same order, without gaps. A
/// project's rows are in them from the moment the tail confirms that it is watched.
final class FeedHub<Entry: FeedRow>: @unchecked Sendable {
  let loop: EventLoop
  private(set) var recent: RecentRows<Entry>
  /// Whether the tail has said yet how far it is.
  private(set) var isPrimed = false
  /// Counts restarts of the journal: streams of an earlier one end.
  private(set) var incarnation = 0
  private(set) var isDraining = false

  private var watchers = Watchers()
  /// Projects that were deleted while somebody watched them: their streams end.
  private var deleted: Set<ProjectID> = []
  /// Those who wait for a position whosever it is, not only for rows of their project.
  private var arrivals: [(position: Int64, waiter: any FeedWaiter)] = []
  /// Which subscription of a project counts: an answer to an earlier one is stale.
  private var subscriptions: [ProjectID: Int] = [:]
  private var lastSubscription = 0
  private let limit: Int
  private let checkpointInterval: Duration
  private var reminder: ClosureTimer?
  /// Asks the tail for a project's rows, or tells it that they are no longer wanted (nil).
  private let subscribe: @Sendable (FeedHub<Entry>, ProjectID, Int?) -> Void

  init(
    loop: EventLoop, _ configuration: JournalConfiguration,
    subscribe: @escaping @Sendable (FeedHub<Entry>, ProjectID, Int?) -> Void
  ) {
    self.loop = loop
    limit = configuration.recentRows
    checkpointInterval = configuration.checkpointInterval
    recent = RecentRows(through: 0, limit: limit)
    self.subscribe = subscribe
  }

  // MARK: Watchers

  func insert(_ waiter: any FeedWaiter, _ project: ProjectID) {
    loop.assertOnLoop()
    if watchers.insert(waiter, project) {
      lastSubscription += 1
      subscriptions[project] = lastSubscription
      subscribe(self, project, lastSubscription)
    }
    startReminding()
  }

  func remove(_ waiter: any FeedWaiter, _ project: ProjectID) {
    loop.assertOnLoop()
    arrivals.removeAll { $0.waiter === waiter }
    guard watchers.remove(waiter, project) else { return }
    deleted.remove(project)
    subscriptions[project] = nil
    recent.deactivate(project)
    subscribe(self, project, nil)
  }

  func isDeleted(_ project: ProjectID) -> Bool { deleted.contains(project) }

  /// Ends the streams of projects that were deleted.
  func end(_ projects: [ProjectID]) {
    loop.assertOnLoop()
    for project in projects where subscriptions[project] != nil {
      deleted.insert(project)
      watchers.wake(project)
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

  /// Every row of the project after what was read so far will be among those appended.
  func activate(_ project: ProjectID, _ subscription: Int) {
    loop.assertOnLoop()
    guard subscriptions[project] == subscription else { return }
    recent.activate(project)
    watchers.wake(project)
  }

  func append(_ rows: [ProjectID: [Entry]], through: Int64) {
    loop.assertOnLoop()
    recent.append(rows, through: through)
    for project in rows.keys { watchers.wake(project) }
    wakeArrivals()
  }

  func skip(through: Int64) {
    loop.assertOnLoop()
    recent.skip(through: through)
    watchers.wakeAll()
  }

  /// The first range is known: until then nobody can tell what is old and what is new.
  func begin(through: Int64) {
    loop.assertOnLoop()
    isPrimed = true
    recent.skip(through: through)
    watchers.wakeAll()
  }

  /// The journal is another one, or an older state of it: the feeds of now end.
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
