import EventLoop
import Postgres

/// Reads every settled range once and hands it to the hubs of all loops. Confined to `loop`.
///
/// Only the projects that somebody watches are read: the history's key begins with the project, so that is an
/// index range for each. A range in which nobody is interested costs nothing.
final class Tail<Entry: FeedRow>: @unchecked Sendable {
  private let pool: PostgresPool
  private let loop: EventLoop
  private let chunk: Int
  private var hubs: [FeedHub<Entry>] = []

  /// What was read, or skipped because nobody watched.
  private var through: Int64 = -1
  private var settled: Int64 = -1
  private var isReading = false
  /// Which loops watch a project.
  private var watched: [ProjectID: Set<ObjectIdentifier>] = [:]
  /// Subscriptions that came while a range was being read: their rows begin after it.
  private var waiting: [(hub: FeedHub<Entry>, project: ProjectID, subscription: Int)] = []

  init(pool: PostgresPool, loop: EventLoop, chunk: Int) {
    self.pool = pool
    self.loop = loop
    self.chunk = chunk
  }

  var isWatched: Bool { !watched.isEmpty || !waiting.isEmpty }

  /// Before anything else, once.
  func attach(_ hubs: [FeedHub<Entry>]) { self.hubs = hubs }

  /// - Parameter subscription: Nil when the loop watches the project no longer.
  func subscribe(_ hub: FeedHub<Entry>, _ project: ProjectID, _ subscription: Int?) {
    loop.assertOnLoop()
    guard let subscription else {
      waiting.removeAll { $0.hub === hub && $0.project == project }
      watched[project]?.remove(ObjectIdentifier(hub))
      if watched[project]?.isEmpty == true { watched[project] = nil }
      return
    }
    waiting.append((hub, project, subscription))
    if !isReading { confirm() }
  }

  private func confirm() {
    for (hub, project, subscription) in waiting {
      watched[project, default: []].insert(ObjectIdentifier(hub))
      hub.loop.execute { hub.activate(project, subscription) }
    }
    waiting.removeAll()
  }

  func advance(_ position: Int64) {
    loop.assertOnLoop()
    if through < 0 {
      through = position
      for hub in hubs { hub.loop.execute { hub.begin(through: position) } }
    }
    settled = position
    guard !isReading, through < settled else { return }
    isReading = true
    loop.startTask { [self] in
      await read()
      isReading = false
    }
  }

  func restart(_ position: Int64) {
    loop.assertOnLoop()
    through = position
    settled = position
    for hub in hubs { hub.loop.execute { hub.restart(through: position) } }
  }

  // MARK: Reading

  private func read() async {
    while through < settled {
      confirm()
      let target = settled
      guard !watched.isEmpty else {
        pass([], through: target)
        continue
      }
      let from = through
      do throws(PostgresError) {
        let rows = try await pool.lookup(
          Entry.tailStatement, [watched.keys.map(\.text), from, target, Int64(chunk)])
        // The journal may have been restarted meanwhile.
        guard through == from else { continue }
        pass(try Entry.decode(rows), target: target)
      } catch {
        // The ticker tells about a database that is gone; the range is still to be read.
        try? await loop.sleep(for: .milliseconds(100))
      }
    }
    confirm()
  }

  private func pass(_ rows: [Entry], target: Int64) {
    switch TailChunk(rows, limit: chunk, target: target) {
    case .rows(let rows, let through): pass(rows, through: through)
    case .skip(let through):
      self.through = through
      for hub in hubs { hub.loop.execute { hub.skip(through: through) } }
    }
  }

  /// Each hub gets the rows of the projects that its loop watches, and each range in order.
  private func pass(_ rows: [Entry], through: Int64) {
    self.through = through
    let byProject = Dictionary(grouping: rows, by: \.project)
    for hub in hubs {
      let wanted = byProject.filter { watched[$0.key]?.contains(ObjectIdentifier(hub)) == true }
      hub.loop.execute { hub.append(wanted, through: through) }
    }
  }
}
