import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension StartRecordingRequest: WriteRequest {}
extension StopRecordingRequest: WriteRequest {}
extension DeleteRecordingRequest: WriteRequest {}

extension Recording {
  /// The recording that was started by a write.
  ///
  /// - Parameter stamp: Nil when the caller only asked.
  func started(_ stamp: Stamp?) -> Recording {
    guard let stamp else { return self }
    var recording = self
    recording.position = stamp.position
    recording.startTime = WellKnown.Timestamp(stamp.at)
    recording.duration = WellKnown.Duration()
    return recording
  }

  /// The same, ended by a write. Throws RECORDING_ENDED.
  func stopped() throws(RPCError) -> Recording {
    if state == .completed { throw .recordingEnded(id) }
    var recording = self
    recording.state = .completed
    recording.endReason = .stopped
    return recording
  }

  /// The recording that was ended by a write.
  ///
  /// - Parameter stamp: Nil when the caller only asked.
  func ended(_ stamp: Stamp?) -> Recording {
    guard let stamp else { return self }
    var recording = self
    recording.endTime = WellKnown.Timestamp(stamp.at)
    let start = startTime?.microseconds ?? stamp.at.microseconds
    recording.duration = WellKnown.Duration(microseconds: max(0, stamp.at.microseconds - start))
    return recording
  }

  /// A recording of which there is only the id.
  static func missing(_ id: String) -> Recording {
    var recording = Recording()
    recording.id = id
    return recording
  }

  /// The hold that keeps what it has from being pruned.
  static func holdID(_ id: String) -> String { "session-recording/" + id }

  /// The journal's word for what happened to one.
  static func change(_ action: String, _ id: String) -> ChangeRecord {
    ChangeRecord(kind: "recording", id: id, action: action, oldVersion: nil, newVersion: nil)
  }

  /// Bytes that it has in an answer, about.
  var answerBytes: Int {
    id.utf8.count + session.utf8.count + title.utf8.count + agent.utf8.count + 120
  }
}

extension ResourceName {
  static func recording(_ id: String) -> ResourceName { ResourceName(Recording.self, "recording", id) }
}

extension RPCError {
  static func recordingNotFound(_ id: String) -> RPCError {
    RPCError(
      .notFound, .recordingNotFound, about: .recording(id), "no recording \(id.quoted) in this project")
  }

  static func recordingExists(_ id: String) -> RPCError {
    RPCError(
      .alreadyExists, .recordingExists, about: .recording(id), "a recording \(id.quoted) exists already")
  }

  static func recordingEnded(_ id: String) -> RPCError {
    RPCError(
      .failedPrecondition, .recordingEnded, about: .recording(id), "recording \(id.quoted) has ended")
  }
}
