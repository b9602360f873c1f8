import EventLoop

/// Someone who waits for rows of a project.
protocol FeedWaiter: AnyObject {
  /// Rows came, or the feed ended: look again.
  func wake()
  /// Nothing came for a while: a checkpoint is due.
  func remind()
}

/// Who watches which project on one loop. Confined to that loop.
struct Watchers {
  private var byProject: [ProjectID: [ObjectIdentifier: any FeedWaiter]] = [:]

  var isEmpty: Bool { byProject.isEmpty }

  /// - Returns: Whether it is the first one of the project.
  mutating func insert(_ waiter: any FeedWaiter, _ project: ProjectID) -> Bool {
    byProject[project, default: [:]][ObjectIdentifier(waiter)] = waiter
    return byProject[project]!.count == 1
  }

  /// - Returns: Whether it was the last one of the project.
  mutating func remove(_ waiter: any FeedWaiter, _ project: ProjectID) -> Bool {
    guard byProject[project]?.removeValue(forKey: ObjectIdentifier(waiter)) != nil else { return false }
    guard byProject[project]!.isEmpty else { return false }
    byProject[project] = nil
    return true
  }

  func wake(_ project: ProjectID) { byProject[project]?.values.forEach { $0.wake() } }

  func wakeAll() { byProject.values.forEach { $0.values.forEach { $0.wake() } } }

  func remindAll() { byProject.values.forEach { $0.values.forEach { $0.remind() } } }
}
