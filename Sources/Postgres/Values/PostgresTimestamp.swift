import Glibc

/// A `timestamptz`: microseconds since the Unix epoch, in UTC.
package struct PostgresTimestamp: Hashable, Comparable, Sendable, PostgresArrayElement {
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// Nil, which is NULL, where there is no time.
  package init?(_ microseconds: Int64?) {
    guard let microseconds else { return nil }
    self.init(microseconds: microseconds)
  }

  /// From seconds and nanoseconds as protobuf's Timestamp has them; what is finer than a
  /// microsecond is cut off, as PostgreSQL keeps no more.
  package init(seconds: Int64, nanoseconds: Int32) {
    let (scaled, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflow) = scaled.addingReportingOverflow(Int64(nanoseconds / 1000))
    microseconds = isTooLarge || overflow ? (seconds < 0 ? .min : .max) : sum
  }

  package static var now: PostgresTimestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return PostgresTimestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }

  /// Whole seconds, rounded down.
  package var seconds: Int64 {
    microseconds / 1_000_000 - (microseconds % 1_000_000 < 0 ? 1 : 0)
  }

  /// Nanoseconds after `seconds`, never negative.
  package var nanoseconds: Int32 {
    let rest = microseconds % 1_000_000
    return Int32((rest < 0 ? rest + 1_000_000 : rest) * 1000)
  }

  package static let infinity = PostgresTimestamp(microseconds: .max)
  package static let negativeInfinity = PostgresTimestamp(microseconds: .min)

  package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

  package static var postgresType: PostgresType { .timestamptz }
  package static var postgresArrayType: PostgresType { .timestamptzArray }

  /// PostgreSQL counts from 2000-01-01.
  private static let epoch: Int64 = 946_684_800_000_000

  package func encode(into buffer: ParameterBuffer) {
    let (shifted, overflow) = microseconds.subtractingReportingOverflow(Self.epoch)
    buffer.write(self == .infinity ? .max : overflow ? .min : shifted)
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    guard bytes.count == 8 else { throw Self.malformed(bytes) }
    let value = bytes.loadBigEndian(Int64.self)
    let (shifted, overflow) = value.addingReportingOverflow(Self.epoch)
    microseconds = value == .min ? .min : overflow ? .max : shifted
  }
}
