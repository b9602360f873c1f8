import EventLoop

/// A watcher that waits for rows of a topic.
protocol FeedWaiter: AnyObject {
  /// Rows came, or the feed ended: look again.
  func wake()
  /// Nothing came for a while: a checkpoint is due.
  func remind()
}

/// The watchers of each topic on one loop. Confined to that loop.
struct Watchers {
  private var byTopic: [FeedTopic: [ObjectIdentifier: any FeedWaiter]] = [:]

  var isEmpty: Bool { byTopic.isEmpty }

  /// - Returns: Whether it is the first one of the topic.
  mutating func insert(_ waiter: any FeedWaiter, for topic: FeedTopic) -> Bool {
    byTopic[topic, default: [:]][ObjectIdentifier(waiter)] = waiter
    return byTopic[topic]!.count == 1
  }

  /// - Returns: Whether it was the last one of the topic.
  mutating func remove(_ waiter: any FeedWaiter, from topic: FeedTopic) -> Bool {
    guard byTopic[topic]?.removeValue(forKey: ObjectIdentifier(waiter)) != nil else { return false }
    guard byTopic[topic]!.isEmpty else { return false }
    byTopic[topic] = nil
    return true
  }

  func wake(_ topic: FeedTopic) {
    for waiter in (byTopic[topic] ?? [:]).values { waiter.wake() }
  }

  func wakeAll() {
    for topic in byTopic.keys { wake(topic) }
  }

  func remindAll() {
    for waiters in byTopic.values {
      for waiter in waiters.values { waiter.remind() }
    }
  }
}
