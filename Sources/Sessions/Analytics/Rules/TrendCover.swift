import CairnAPI
import Postgres

/// A stretch of time: seconds since 1970, from multiples to multiples of a width.
struct TrendStretch: Equatable {
  /// In seconds.
  let width: Int64
  let start, end: Int64
}

/// The widths of the sums that are kept of times, and how a period is put together of the widest of them. Pure.
enum TrendCover {
  /// In seconds, the widest first: a day, an hour, five minutes. Each is a multiple of the next one.
  static let widths: [Int64] = [86_400, 3_600, 300]

  /// The fewest stretches that cover a period.
  ///
  /// - Parameter period: Between multiples of the smallest width.
  static func stretches(of period: Range<Int64>) -> [TrendStretch] { stretches(of: period, widths[...]) }

  private static func stretches(of period: Range<Int64>, _ widths: ArraySlice<Int64>) -> [TrendStretch] {
    guard let width = widths.first, !period.isEmpty else { return [] }
    let smaller = widths.dropFirst()
    let (start, end) = (
      multiple(of: width, from: period.lowerBound), multiple(of: width, to: period.upperBound)
    )
    guard start < end else { return stretches(of: period, smaller) }
    return stretches(of: period.lowerBound..<start, smaller)
      + [TrendStretch(width: width, start: start, end: end)]
      + stretches(of: end..<period.upperBound, smaller)
  }

  /// The last multiple at or before a time.
  private static func multiple(of width: Int64, to time: Int64) -> Int64 {
    let rest = time % width
    return time - (rest < 0 ? rest + width : rest)
  }

  /// The first multiple at or after a time.
  static func multiple(of width: Int64, from time: Int64) -> Int64 {
    multiple(of: width, to: time + width - 1)
  }
}

/// The present period of trends, and the one before that.
struct TrendPeriods: Equatable {
  let previous, current: Range<Int64>

  /// - Parameters:
  ///   - seconds: How long each of them is, a multiple of the smallest width.
  ///   - now: Seconds since 1970.
  init(seconds: Int64, now: Int64) {
    let end = TrendCover.multiple(of: TrendCover.widths.last ?? 1, from: now + 1)
    current = (end - seconds)..<end
    previous = (end - 2 * seconds)..<(end - seconds)
  }
}

extension GetSessionTrendsRequest.Window {
  /// How many seconds it has; nil for one that is none.
  var seconds: Int64? {
    switch self {
    case .hour: 3_600
    case .day: 86_400
    case .week: 7 * 86_400
    case .month: 30 * 86_400
    case .unspecified, .unrecognized: nil
    }
  }
}
