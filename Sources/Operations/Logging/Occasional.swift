import EventLoop

/// Which of many like events are worth a line: the first, then at most one an interval, with the number of
/// those that were passed over. Pure.
package struct Occasional: Sendable {
  private let interval: Duration
  private var last: Instant?
  private var unsaid = 0

  package init(every interval: Duration) { self.interval = interval }

  /// One more has happened. Returns how many were passed over before it; nil when this one is, too.
  package mutating func happened(at now: Instant) -> Int? {
    if let last, now < last + interval {
      unsaid += 1
      return nil
    }
    last = now
    defer { unsaid = 0 }
    return unsaid
  }
}
