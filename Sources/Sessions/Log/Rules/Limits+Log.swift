import Requests

/// Bounds of events. The protos document the same figures on their fields.
extension Limits {
  /// Bytes of an event as it is stored: one more and its provenance still fit into an answer that stock clients take.
  static let eventBytes = 2_097_152
  /// Bytes of an event's payload.
  static let eventPayloadBytes = 1_048_576
  /// Events of one request.
  static let eventCount = 1_000
  /// Tests that an event names.
  static let testCount = 1_000
  /// Characters of the name of a test.
  static let testLength = 512
  /// Characters of what tells apart the meanings of a thing.
  static let semanticHashLength = 128
  /// Characters of a reason, or of a reference to something elsewhere.
  static let remarkLength = 1_024
  /// Types that a list or a watch may be for.
  static let filterEventTypes = 16
  /// Agents that a list or a watch may be for.
  static let filterAgents = 64
  /// Bytes of the bodies that a watcher is sent at once, where feeds do not hold them.
  static let watchedBodyBytes = 256 << 10
}
