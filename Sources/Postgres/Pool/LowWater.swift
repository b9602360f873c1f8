import EventLoop

/// The fewest connections that were idle at once over a stretch of time: so many were never needed.
struct LowWater {
  private var fewest = 0
  private var since: Instant?

  mutating func note(_ idle: Int, at now: Instant) {
    if since == nil { since = now }
    fewest = min(fewest, idle)
  }

  /// What the stretch has shown once it is long enough, and begins the next one; 0 before.
  mutating func take(over stretch: Duration, idle: Int, at now: Instant) -> Int {
    guard let begin = since, now - begin >= stretch else { return 0 }
    defer {
      fewest = idle
      since = now
    }
    return fewest
  }
}
