import Journal
import Wire

/// For how long a project keeps what was.
enum HistoryRetention: Sendable, Equatable {
  case forEver
  case time(microseconds: Int64)

  /// - Parameter microseconds: As in the table; nil for ever.
  init(microseconds: Int64?) { self = microseconds.map { .time(microseconds: $0) } ?? .forEver }

  /// Nil when it is not from 1 second to 100 years, or no duration.
  init?(_ duration: WellKnown.Duration) {
    guard (1...3_155_760_000).contains(duration.seconds), (0...999_999_999).contains(duration.nanos),
      duration.seconds < 3_155_760_000 || duration.nanos == 0
    else { return nil }
    self = .time(microseconds: duration.microseconds)
  }

  /// Nil for ever.
  var microseconds: Int64? {
    switch self {
    case .forEver: nil
    case .time(let microseconds): microseconds
    }
  }

  var duration: WellKnown.Duration? {
    microseconds.map { WellKnown.Duration(microseconds: $0) }
  }
}
