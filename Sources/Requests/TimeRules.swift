import Journal
import Wire

extension Violations {
  /// A time as a bound: microseconds since 1970, rounded up, because times are stored in microseconds and a
  /// bound below is included, one above not.
  package mutating func time(_ time: WellKnown.Timestamp?, at field: String) -> Int64? {
    guard let time, isTime(time, at: field) else { return nil }
    return time.seconds * 1_000_000 + (Int64(time.nanos) + 999) / 1_000
  }

  /// A time as it will be stored: in whole microseconds, rounded down. Nil when there is none or it is wrong.
  package mutating func storedTime(_ time: WellKnown.Timestamp?, at field: String) -> WellKnown.Timestamp? {
    guard let time, isTime(time, at: field) else { return nil }
    return WellKnown.Timestamp(microseconds: time.microseconds)
  }

  /// Whether the time is one that google.protobuf.Timestamp allows, from 0001-01-01 to 9999-12-31.
  package mutating func isTime(_ time: WellKnown.Timestamp, at field: String) -> Bool {
    let isTime = TimestampText.seconds.contains(time.seconds) && (0..<1_000_000_000).contains(time.nanos)
    if !isTime { add("must be between the years 1 and 9999, with 0 to 999999999 nanos", at: field) }
    return isTime
  }
}
