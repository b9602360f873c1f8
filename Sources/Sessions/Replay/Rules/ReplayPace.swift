import EventLoop

/// When the frames of a replay are due: the gaps in which they happened, divided by the speed. Pure.
struct ReplayPace: Sendable {
  /// How many times as fast as it happened; 0: as fast as the client reads.
  var speed: Double
  /// Microseconds that no gap outlasts; nil: as long as it is.
  let maxGap: Int64?
  /// When the last frame happened; nil: the next one is due at once.
  private var last: Int64?
  /// When the last frame was due.
  private var due = Instant(nanoseconds: 0)
  private var pausedAt: Instant?

  /// A year: more waits for nobody.
  private static let longest = 31_536_000_000_000.0
  /// How far a slow reader may be behind before the rest is put off.
  private static let slack = Duration.seconds(1)

  init(speed: Double, maxGap: Int64?) { (self.speed, self.maxGap) = (speed, maxGap) }

  var isPaused: Bool { pausedAt != nil }

  /// - Parameter time: When the next frame happened, in microseconds since 1970.
  /// - Returns: When it is to be sent; nil: at once.
  func dueTime(of time: Int64) -> Instant? {
    guard speed > 0, let last else { return nil }
    // A clock may have been put back.
    let scaled = Double(max(0, time - last)) / speed
    let gap = min(scaled, Double(maxGap ?? .max), Self.longest)
    return due + .microseconds(Int64(gap))
  }

  /// Notes that a frame was sent.
  mutating func sent(_ time: Int64, at now: Instant) {
    due = max(dueTime(of: time) ?? now, now + (.zero - Self.slack))
    last = time
    // What is sent in a pause is what the next frame follows.
    if isPaused { pausedAt = now }
  }

  mutating func pause(at now: Instant) { pausedAt = pausedAt ?? now }

  /// What was left of a gap is left of it now.
  mutating func resume(at now: Instant) {
    if let pausedAt { due = due + (now - pausedAt) }
    pausedAt = nil
  }

  /// The next frame comes from elsewhere.
  mutating func jump() { last = nil }
}
