import EventLoop
import Postgres

/// Reads every settled range once and hands it to the hubs of all loops. Confined to `loop`.
///
/// Only what is watched is read: whole projects, one index range each, because the history's key begins with the
/// project; and single keys by an index of their own. A range of topics without watchers costs nothing.
final class Tail<Entry: FeedRow>: @unchecked Sendable {
  private let pool: PostgresPool
  private let loop: EventLoop
  private let chunk: Int
  private let grace: Duration
  private var hubs: [FeedHub<Entry>] = []

  /// The position up to which rows were read, or skipped for lack of watchers.
  private var through: Int64 = -1
  private var settled: Int64 = -1
  private var isReading = false
  /// Which loops watch a topic.
  private var watched: [FeedTopic: Set<ObjectIdentifier>] = [:]
  /// What is read for them, as long as they stay the same: there may be thousands.
  private var reads: TailReads?
  /// When nothing above ``through`` was pruned of what is watched; nil: to be asked.
  private var sight: HorizonSight?
  /// Subscriptions that came while a range was being read: their rows begin after it.
  private var waiting: [(hub: FeedHub<Entry>, topic: FeedTopic, subscription: Int)] = []

  /// - Parameter grace: ``JournalConfiguration/pruneGrace``.
  init(pool: PostgresPool, loop: EventLoop, chunk: Int, grace: Duration) {
    self.pool = pool
    self.loop = loop
    self.chunk = chunk
    self.grace = grace
  }

  var isWatched: Bool { !watched.isEmpty || !waiting.isEmpty }

  /// Before anything else, once.
  func attach(_ hubs: [FeedHub<Entry>]) { self.hubs = hubs }

  /// - Parameter subscription: Nil when the loop does not watch the topic any more.
  func subscribe(_ hub: FeedHub<Entry>, to topic: FeedTopic, subscription: Int?) {
    loop.assertOnLoop()
    guard let subscription else {
      waiting.removeAll { $0.hub === hub && $0.topic == topic }
      watched[topic]?.remove(ObjectIdentifier(hub))
      if watched[topic]?.isEmpty == true { watched[topic] = nil }
      reads = nil
      return
    }
    waiting.append((hub, topic, subscription))
    if !isReading { confirm() }
  }

  private func confirm() {
    if !waiting.isEmpty { (sight, reads) = (nil, nil) }
    for (hub, topic, subscription) in waiting {
      watched[topic, default: []].insert(ObjectIdentifier(hub))
      hub.loop.execute { hub.activate(topic, subscription: subscription) }
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
        let reads = self.reads ?? TailReads(watched.keys)
        self.reads = reads
        let chunk = try await read(reads, after: from, through: target)
        let isWhole = try await isWhole(reads, after: from)
        // The journal may have been restarted meanwhile.
        guard through == from else { continue }
        pass(isWhole ? chunk : .skip(through: target))
      } catch {
        // The ticker tells about a database that is gone; the range is still to be read.
        try? await loop.sleep(for: .milliseconds(100))
      }
    }
    confirm()
  }

  /// Whether nothing of what was read has been pruned before. A tail that lagged behind for longer than history is kept
  /// leaves it to the watchers, who are told.
  private func isWhole(_ reads: TailReads, after from: Int64) async throws(PostgresError) -> Bool {
    if let sight, sight.isWhole() { return true }
    let asked = HorizonSight(since: .now, grace: grace)
    let projects = reads.projects.map(\.text) + reads.topics.map(\.project.text)
    let horizon = try await pool.lookup(JournalQueries.newestHorizon, projects).value()
    sight = horizon <= from ? asked : nil
    return horizon <= from
  }

  private func read(
    _ reads: TailReads, after from: Int64, through target: Int64
  ) async throws(PostgresError) -> TailChunk<Entry> {
    var result = TailChunk<Entry>.rows([], through: target)
    if !reads.projects.isEmpty {
      let wanted = FeedTail(
        topics: reads.projects.map { FeedTopic($0) }, after: from, through: target, limit: chunk)
      let rows: [Entry] = try await pool.lookup(Entry.tail, wanted).decoded()
      result = TailChunk(rows, limit: chunk, target: target)
    }
    if !reads.topics.isEmpty, let query = Entry.keyed?.tail {
      let wanted = FeedTail(topics: reads.topics, after: from, through: target, limit: chunk)
      let rows: [Entry] = try await pool.lookup(query, wanted).decoded()
      result = result.merged(with: TailChunk(rows, limit: chunk, target: target))
    }
    return result
  }

  private func pass(_ chunk: TailChunk<Entry>) {
    switch chunk {
    case .rows(let rows, let through): pass(rows, through: through)
    case .skip(let through):
      self.through = through
      for hub in hubs { hub.loop.execute { hub.skip(through: through) } }
    }
  }

  /// Each hub gets the rows of the topics that its loop watches, and each range in order.
  private func pass(_ rows: [Entry], through: Int64) {
    self.through = through
    var byTopic: [FeedTopic: [Entry]] = [:]
    for row in rows {
      for topic in [FeedTopic(row.project)] + (row.key.map { [FeedTopic(row.project, key: $0)] } ?? [])
      where watched[topic] != nil {
        byTopic[topic, default: []].append(row)
      }
    }
    for hub in hubs {
      let wanted = byTopic.filter { watched[$0.key]?.contains(ObjectIdentifier(hub)) == true }
      hub.loop.execute { hub.append(wanted, through: through) }
    }
  }
}
