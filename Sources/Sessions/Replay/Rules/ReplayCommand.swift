import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// What a client may have a replay do that is being played.
enum ReplayCommand: Sendable, Equatable {
  case pause, resume, stop
  case seek(sequence: Int64)
  /// Microseconds since 1970.
  case seekTime(Int64)
  case setSpeed(Double)

  init(validating request: PlayReplayRequest) throws(RPCError) {
    var violations = Violations()
    self = .pause
    switch request.command {
    case nil: violations.add("must be set", at: "command")
    case .start: violations.add("must be in the first request only", at: "start")
    case .pause: break
    case .resume: self = .resume
    case .stop: self = .stop
    case .speed(let speed):
      self = .setSpeed(speed)
      violations.speed(speed, at: "speed")
    case .seek(let seek):
      switch seek.place {
      case nil: violations.add("must have a sequence or a time", at: "seek")
      case .sequence(let sequence):
        if sequence < 0 { violations.add("must not be negative", at: "seek.sequence") }
        self = .seek(sequence: sequence)
      case .time(let time): self = .seekTime(violations.time(time, at: "seek.time") ?? 0)
      }
    }
    try violations.check()
  }
}

/// A replay that may be played, as far as that can be told without looking.
struct ReplayPlan: Sendable {
  let range: ReplayRange
  let filter: ReplayFilter
  let pace: ReplayPace
  let isPaused: Bool

  /// - Parameter request: The first one; nil when there is none.
  init(validating request: PlayReplayRequest?) throws(RPCError) {
    var violations = Violations()
    var start = PlayReplayRequest.Start()
    if case .start(let given) = request?.command {
      start = given
    } else {
      violations.add("must be set in the first request", at: "start")
      try violations.check()
    }
    range = ReplayRange(validating: start.source, at: "start.source", &violations)
    filter = ReplayFilter(validating: start.filter, at: "start.filter", &violations)
    let speed = start.speed ?? 1
    violations.speed(speed, at: "start.speed")
    pace = ReplayPace(speed: speed, maxGap: violations.gap(start.maxGap, at: "start.max_gap"))
    isPaused = start.paused
    try violations.check()
  }
}

extension Violations {
  /// 0: as fast as the client reads.
  fileprivate mutating func speed(_ speed: Double, at field: String) {
    if speed != 0, !Limits.replaySpeeds.contains(speed) {
      add("must be 0, or between 0.001 and 100,000", at: field)
    }
  }
}
