import CairnAPI
import Journal
import Requests
import Wire

/// A recording that may be started, as far as that can be told without its session.
struct RecordingDraft: Sendable {
  /// The client's own id; empty when the server is to make one.
  let id: String
  /// As it will be, but for what the session and the write give it.
  private(set) var recording: Recording

  init(validating request: StartRecordingRequest, _ violations: inout Violations) {
    guard let given = request.recording else {
      violations.add("must be set", at: "recording")
      (id, recording) = ("", Recording())
      return
    }
    violations.optionalIdentifier(given.id, at: "recording.id")
    violations.identifier(given.session, at: "recording.session")
    violations.text(given.title, at: "recording.title", atMost: Limits.titleLength)
    var recording = Recording()
    recording.session = given.session
    recording.title = given.title
    recording.state = .recording
    recording.snapshotEveryEvents = violations.snapshotEvents(
      given.snapshotEveryEvents, at: "recording.snapshot_every_events")
    recording.snapshotEvery = WellKnown.Duration(
      microseconds: violations.period(
        given.snapshotEvery, at: "recording.snapshot_every", orElse: Limits.snapshotPeriod))
    recording.maxDuration = WellKnown.Duration(
      microseconds: violations.period(
        given.maxDuration, at: "recording.max_duration", orElse: Limits.recordingDuration))
    id = given.id
    self.recording = recording
  }

  /// The recording of a session that is locked and open.
  ///
  /// - Parameter last: The place of the session's last event.
  func begun(as id: String, after last: Int64, by agent: String?) -> Recording {
    var recording = recording
    recording.id = id
    recording.agent = agent ?? ""
    recording.firstSequence = last + 1
    recording.lastSequence = last
    return recording
  }
}

extension Violations {
  /// After how many events a snapshot stands.
  mutating func snapshotEvents(_ count: Int32, at field: String) -> Int32 {
    if !(0...Limits.largestSnapshotInterval).contains(count) {
      add("must be between 0 and \(Limits.largestSnapshotInterval)", at: field)
    }
    return count <= 0 ? Limits.snapshotEvents : count
  }

  /// A second to 365 days, in microseconds; what is below one is cut off.
  mutating func period(_ given: WellKnown.Duration?, at field: String, orElse standard: Int64) -> Int64 {
    guard let given else { return standard }
    guard isSpan(given), given.seconds >= 1 else {
      add("must be between a second and 365 days", at: field)
      return standard
    }
    return given.microseconds
  }

  /// Longer than nothing, up to 365 days, in microseconds; nil when there is none or it is wrong.
  mutating func gap(_ given: WellKnown.Duration?, at field: String) -> Int64? {
    guard let given else { return nil }
    guard isSpan(given), given.microseconds > 0 else {
      add("must be between a microsecond and 365 days", at: field)
      return nil
    }
    return given.microseconds
  }

  /// Zero to 3,650 days, in microseconds.
  mutating func age(_ given: WellKnown.Duration?, at field: String) -> Int64 {
    guard let given else {
      add("must be set", at: field)
      return 0
    }
    guard (0...Limits.ttlSeconds).contains(given.seconds), (0..<1_000_000_000).contains(given.nanos),
      given.seconds < Limits.ttlSeconds || given.nanos == 0
    else {
      add("must be between zero and 3,650 days", at: field)
      return 0
    }
    return given.microseconds
  }

  private func isSpan(_ given: WellKnown.Duration) -> Bool {
    (0...Limits.recordingSeconds).contains(given.seconds) && (0..<1_000_000_000).contains(given.nanos)
      && (given.seconds < Limits.recordingSeconds || given.nanos == 0)
  }
}
