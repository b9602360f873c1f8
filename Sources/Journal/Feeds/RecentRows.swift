/// The newest rows of the watched topics, shared by all watchers of a loop.
///
/// A watcher is only a cursor into them. For each topic every row after `from` and up to `through` is here,
/// so a watcher whose cursor is not older than `from` is live; one that is older reads by SQL. Bounded: the
/// oldest rows go first, also when a slow watcher has not read them, so it costs nothing.
struct RecentRows<Entry: FeedRow> {
  private struct Topic {
    var from: Int64
    /// Rows in order; those before `head` were dropped.
    var rows: [Entry] = []
    var head = 0
    /// Counts from which activation on these rows are, so that older entries of `ages` do not touch them.
    var generation: Int
  }

  /// Everything at or below was read, for the topics that are active.
  private(set) var through: Int64
  private(set) var count = 0
  private var topics: [FeedTopic: Topic] = [:]
  /// Which topic's rows came in which order, oldest first.
  private var ages: [(topic: FeedTopic, generation: Int, count: Int)] = []
  private var agesHead = 0
  private var generations = 0
  private let limit: Int

  /// - Parameter limit: How many rows are kept, of all topics together.
  init(through: Int64, limit: Int) {
    self.through = through
    self.limit = limit
  }

  /// Whether rows of the topic are being kept.
  func isActive(_ topic: FeedTopic) -> Bool { topics[topic] != nil }

  /// The rows of the topic after `cursor`, at most `limit`; nil when some of them are not here.
  func rows(of topic: FeedTopic, after cursor: Cursor, limit: Int) -> ArraySlice<Entry>? {
    guard let recent = topics[topic], cursor >= .after(recent.from) else { return nil }
    var low = recent.head
    var high = recent.rows.count
    while low < high {
      let middle = (low + high) / 2
      if recent.rows[middle].cursor <= cursor { low = middle + 1 } else { high = middle }
    }
    return recent.rows[low..<min(recent.rows.count, low + limit)]
  }

  /// From now on every row of the topic is appended, beginning after `through`.
  mutating func activate(_ topic: FeedTopic) {
    guard topics[topic] == nil else { return }
    generations += 1
    topics[topic] = Topic(from: through, generation: generations)
  }

  /// The last watcher of the topic has gone.
  mutating func deactivate(_ topic: FeedTopic) {
    guard let gone = topics.removeValue(forKey: topic) else { return }
    count -= gone.rows.count - gone.head
  }

  /// Takes the rows of all active topics with positions after ``through`` and up to `next`.
  mutating func append(_ batch: [FeedTopic: [Entry]], through next: Int64) {
    for (topic, rows) in batch where topics[topic] != nil && !rows.isEmpty {
      topics[topic]!.rows.append(contentsOf: rows)
      ages.append((topic, topics[topic]!.generation, rows.count))
      count += rows.count
    }
    through = next
    while count > limit, agesHead < ages.count { dropOldest() }
    if agesHead > 64, agesHead * 2 > ages.count {
      ages.removeFirst(agesHead)
      agesHead = 0
    }
  }

  /// Forgets all rows: those up to `next` were not read, and each watcher fetches them by SQL.
  mutating func skip(through next: Int64) {
    through = next
    count = 0
    ages.removeAll()
    agesHead = 0
    for (topic, recent) in topics {
      topics[topic] = Topic(from: next, generation: recent.generation)
    }
  }

  /// Drops the batch that came first, whole: a batch ends at the border of a position.
  private mutating func dropOldest() {
    let (name, generation, dropped) = ages[agesHead]
    agesHead += 1
    guard var recent = topics.removeValue(forKey: name) else { return }
    if recent.generation == generation {
      recent.from = recent.rows[recent.head + dropped - 1].position
      recent.head += dropped
      count -= dropped
      if recent.head * 2 > recent.rows.count {
        recent.rows.removeFirst(recent.head)
        recent.head = 0
      }
    }
    topics[name] = recent
  }
}
