import Journal
import Wire

/// Times for people, in UTC.
enum TimeText {
  /// `2026-11-22 06:10:05.120`, always as long; `?` for what is no time.
  static func moment(_ time: WellKnown.Timestamp?) -> String {
    guard let time, let text = TimestampText.format(seconds: time.seconds, nanos: 0) else { return "?" }
    let thousandths = String(time.nanos / 1_000_000)
    let fraction = String(repeating: "0", count: max(0, 3 - thousandths.count)) + thousandths
    return text.dropLast().map { $0 == "T" ? " " : String($0) }.joined() + ".\(fraction)"
  }

  /// `42s`, `12m`, `5h`, `12d`, cut down to whole ones; `0s` for less than nothing.
  static func span(microseconds: Int64) -> String {
    let seconds = max(0, microseconds / 1_000_000)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m"
    case ..<(48 * 3600): return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
  }

  /// How long ago a time is; `?` for no time.
  static func age(of time: WellKnown.Timestamp?, now: WellKnown.Timestamp) -> String {
    guard let time else { return "?" }
    return span(microseconds: now.microseconds - time.microseconds)
  }

  /// `in 55m`, `3m ago`
  static func relative(_ time: WellKnown.Timestamp, now: WellKnown.Timestamp) -> String {
    let ahead = time.microseconds - now.microseconds
    return ahead > 0 ? "in \(span(microseconds: ahead))" : "\(span(microseconds: -ahead)) ago"
  }
}
