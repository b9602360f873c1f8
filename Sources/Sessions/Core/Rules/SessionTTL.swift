import CairnAPI
import Journal
import Requests
import Wire

/// How long a session lives after its last event.
struct SessionTTL: Equatable {
  /// Nil: for ever.
  let microseconds: Int64?

  init(microseconds: Int64?) { self.microseconds = microseconds }

  /// - Parameter duration: Zero for ever.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    microseconds = duration == .zero ? nil : seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  /// As messages have it: zero for ever.
  var duration: WellKnown.Duration {
    WellKnown.Duration(microseconds: microseconds ?? 0)
  }
}

extension Violations {
  /// Zero, or a second to 3,650 days; what is below a microsecond is cut off.
  mutating func ttl(_ duration: WellKnown.Duration, at field: String) -> SessionTTL {
    let seconds = duration.seconds
    if seconds == 0, duration.nanos == 0 { return SessionTTL(microseconds: nil) }
    guard (1...Limits.ttlSeconds).contains(seconds), (0..<1_000_000_000).contains(duration.nanos),
      seconds < Limits.ttlSeconds || duration.nanos == 0
    else {
      add("must be zero, or between a second and 3,650 days", at: field)
      return SessionTTL(microseconds: nil)
    }
    return SessionTTL(microseconds: duration.microseconds)
  }
}
