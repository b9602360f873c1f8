import Wire

extension Violations {
  /// Microseconds since 1970, rounded up: times are stored in microseconds, and `from` is included, `before`
  /// not.
  package mutating func time(_ field: String, _ time: WellKnown.Timestamp?) -> Int64? {
    guard let time else { return nil }
    // From 0001-01-01 to 9999-12-31, as google.protobuf.Timestamp allows.
    guard (-62_135_596_800...253_402_300_799).contains(time.seconds), (0..<1_000_000_000).contains(time.nanos)
    else {
      add(field, "must be between the years 1 and 9999, with 0 to 999999999 nanos")
      return nil
    }
    return time.seconds * 1_000_000 + (Int64(time.nanos) + 999) / 1_000
  }
}
