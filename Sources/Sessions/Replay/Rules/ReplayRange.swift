import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// What may be replayed, as far as that can be told without looking.
struct ReplayRange: Sendable, Equatable {
  enum Target: Sendable, Equatable {
    case recording(String)
    case session(String)
  }

  let target: Target
  /// Nil: from the beginning.
  var from: Int64?
  /// Nil: up to the end.
  var to: Int64?
  /// Of a session.
  let snapshotEvents: Int32
  /// Of a session, in microseconds.
  let snapshotPeriod: Int64

  init(validating source: ReplaySource?, at path: String, _ violations: inout Violations) {
    let source = source ?? ReplaySource()
    if source.recording.isEmpty {
      violations.identifier(source.session, at: "\(path).session")
      target = .session(source.session)
    } else {
      violations.identifier(source.recording, at: "\(path).recording")
      if !source.session.isEmpty {
        violations.add("must be empty where recording is set", at: "\(path).session")
      }
      if source.snapshotEveryEvents != 0 {
        violations.add("has no meaning for a recording", at: "\(path).snapshot_every_events")
      }
      if source.snapshotEvery != nil {
        violations.add("has no meaning for a recording", at: "\(path).snapshot_every")
      }
      target = .recording(source.recording)
    }
    if source.fromSequence < 0 { violations.add("must not be negative", at: "\(path).from_sequence") }
    if source.toSequence < 0 {
      violations.add("must not be negative", at: "\(path).to_sequence")
    } else if source.toSequence > 0, source.toSequence < source.fromSequence {
      violations.add("must not be before from_sequence", at: "\(path).to_sequence")
    }
    from = source.fromSequence <= 0 ? nil : source.fromSequence
    to = source.toSequence <= 0 ? nil : source.toSequence
    snapshotEvents = violations.snapshotEvents(
      source.snapshotEveryEvents, at: "\(path).snapshot_every_events")
    snapshotPeriod = violations.period(
      source.snapshotEvery, at: "\(path).snapshot_every", orElse: Limits.snapshotPeriod)
  }
}

/// Which frames are wanted.
struct ReplayFilter: Sendable {
  /// Nil: of all.
  private let types: Set<SessionEvent.Type_>?
  /// Nil: by all.
  private let agents: Set<TextKey>?
  let hasSnapshots: Bool

  /// Everything.
  static let all = ReplayFilter()

  private init() { (types, agents, hasSnapshots) = (nil, nil, true) }

  init(validating filter: FrameFilter?, at path: String, _ violations: inout Violations) {
    let filter = filter ?? FrameFilter()
    types = violations.eventTypes(filter.types, at: "\(path).types")
    agents = violations.anyOf(
      identifiers: filter.agents, at: "\(path).agents", atMost: Limits.filterAgents)
    hasSnapshots = !filter.withoutSnapshots
  }

  func matches(_ event: SessionEvent) -> Bool {
    types?.contains(event.type) ?? true && agents?.contains(event.agent) ?? true
  }
}
