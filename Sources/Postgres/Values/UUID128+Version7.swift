import Glibc
import Synchronization

extension UUID128 {
  /// A new UUID of version 7: milliseconds, a fraction of a millisecond, random bits.
  ///
  /// Later ones of this process are always greater, also within a millisecond and when the clock
  /// is set back (RFC 9562 §6.2, method 3: the twelve bits after the milliseconds continue them).
  package static func makeVersion7() -> UUID128 {
    var random = SystemRandomNumberGenerator()
    return version7(ticks: nextTicks(atLeast: currentTicks()), random: random.next())
  }

  /// Milliseconds since the Unix epoch that a version 7 UUID carries.
  package var version7Milliseconds: Int64 { Int64(high >> 16) }

  /// `ticks` are 1/4096 milliseconds since the epoch: 48 bits and 12 bits.
  static func version7(ticks: UInt64, random: UInt64) -> UUID128 {
    UUID128(
      high: (ticks >> 12) << 16 | 0x7000 | ticks & 0xfff,
      low: random & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
  }

  private static let lastTicks = Atomic<UInt64>(0)

  /// The given ticks, or one more than the last when that is not less.
  static func nextTicks(atLeast ticks: UInt64) -> UInt64 {
    var last = lastTicks.load(ordering: .relaxed)
    while true {
      let next = max(ticks, last + 1)
      let (exchanged, original) = lastTicks.weakCompareExchange(
        expected: last, desired: next, ordering: .relaxed)
      if exchanged { return next }
      last = original
    }
  }

  private static func currentTicks() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    return milliseconds << 12 | UInt64(time.tv_nsec) % 1_000_000 * 4096 / 1_000_000
  }
}
