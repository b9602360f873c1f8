import Wire

// Durations as tables have them, in whole microseconds.
extension WellKnown.Duration {
  /// - Parameter microseconds: Any.
  package init(microseconds: Int64) {
    // A part of a second fits.
    self.init(
      seconds: microseconds / 1_000_000, nanos: Int32(truncatingIfNeeded: microseconds % 1_000_000 * 1_000))
  }

  /// Nanoseconds below a whole microsecond are cut off. Of a duration within 10,000 years, as requests are checked for.
  package var microseconds: Int64 { seconds * 1_000_000 + Int64(nanos) / 1_000 }
}
