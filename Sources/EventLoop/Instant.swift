import Glibc

/// A point on the system's monotonic clock, in nanoseconds.
///
/// Comparable and cheap: deadlines are compared on every call, `ContinuousClock` works in 128 bits.
package struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since an arbitrary start; only differences mean something.
  package var nanoseconds: Int64

  @inlinable package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Reads the clock. Inside a loop ``EventLoop/now`` costs nothing and may be older by the work
  /// of one descriptor or round of jobs.
  package static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }

  @inlinable package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Saturates instead of trapping: a deadline beyond the clock's range never comes.
  @inlinable package static func + (instant: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.saturatedNanoseconds)
    return Instant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
  }

  @inlinable package static func - (later: Instant, earlier: Instant) -> Duration {
    .nanoseconds(later.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds).partialValue)
  }
}

extension Duration {
  /// Whole nanoseconds, held at the ends of `Int64` (292 years).
  @inlinable package var saturatedNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, over) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return over ? (seconds < 0 ? .min : .max) : sum
  }
}
