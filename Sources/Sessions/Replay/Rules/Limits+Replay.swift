import Requests

/// Bounds of recordings and replays. The protos document the same figures on their fields.
extension Limits {
  /// Recordings of a page, when the request does not say it.
  static let recordingPageSize = 100
  /// Seconds of the periods of a recording: 365 days.
  static let recordingSeconds: Int64 = 31_536_000
  static let largestSnapshotInterval: Int32 = 1_000_000
  /// Events after which a snapshot stands.
  static let snapshotEvents: Int32 = 50
  /// Microseconds after which a snapshot stands.
  static let snapshotPeriod: Int64 = 300_000_000
  /// Microseconds after which a recording ends by itself.
  static let recordingDuration: Int64 = 3_600_000_000
  /// Recordings that one write of a purge removes.
  static let purgedAtOnce = 100
  /// Recordings that figures are made of.
  static let countedRecordings = 100_000
  /// Events whose bytes one statement adds up: some 10 ms.
  static let measuredEvents = 5_000
  /// Events that a page of frames looks at, and that a page of the log may have for a replay.
  static let framedEvents = 1_000
  static let replayedEvents = 100
  /// Bytes of events that a replay reads at once; one event may have more.
  static let replayedBytes = 256 << 10
  /// Events, and snapshots that are due by their number, that one request checks.
  static let validatedEvents: Int64 = 100_000
  static let validatedSnapshots: Int64 = 2_000
  /// Frames of a copy that one request checks.
  static let validatedFrames = 1_000
  /// What is wrong with a replay, as far as an answer lists it.
  static let listedFindings = 100
  /// How many times as fast as it happened a replay may be played.
  static let replaySpeeds = 0.001...100_000
}
