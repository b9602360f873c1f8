import CairnAPI
import Requests
import Wire

/// What statistics are wanted of.
struct StatsParts: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  static let sessions = StatsParts(rawValue: 1)
  static let agents = StatsParts(rawValue: 2)
  static let events = StatsParts(rawValue: 4)
  static let checkpoints = StatsParts(rawValue: 8)
  static let all: StatsParts = [.sessions, .agents, .events, .checkpoints]
}

extension Violations {
  /// None stands for all.
  mutating func statsParts(_ parts: [SessionStatsPart], at field: String) -> StatsParts {
    var wanted: StatsParts = []
    entries(parts, at: field, atMost: Limits.statsParts) {
      switch $2 {
      case .sessions: wanted.insert(.sessions)
      case .agents: wanted.insert(.agents)
      case .events: wanted.insert(.events)
      case .checkpoints: wanted.insert(.checkpoints)
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      }
    }
    return parts.isEmpty ? .all : wanted
  }

  /// How long to wait between two answers.
  mutating func statsInterval(_ interval: WellKnown.Duration?, at field: String) -> Duration {
    guard let interval else { return Limits.statsInterval }
    let seconds = interval.seconds
    guard (1...Limits.longestStatsInterval).contains(seconds), (0..<1_000_000_000).contains(interval.nanos),
      seconds < Limits.longestStatsInterval || interval.nanos == 0
    else {
      add("must be between a second and a day", at: field)
      return Limits.statsInterval
    }
    return .seconds(seconds) + .nanoseconds(Int64(interval.nanos))
  }
}

/// Bounds of figures. The proto documents the same on its fields.
extension Limits {
  /// Entries that say what statistics are wanted of.
  static let statsParts = 16
  static let statsInterval: Duration = .seconds(300)
  /// A day, in seconds.
  static let longestStatsInterval: Int64 = 86_400
  /// What may be added to a count at once.
  static let largestAdjustment: Int64 = 1_000_000_000
  /// Agents that a summary names.
  static let summarizedAgents = 1_000
  static let topAgents = 5
  static let topTypes = 10
  /// Sessions that the means of a period are made of.
  static let sampledSessions = 1_000
}
