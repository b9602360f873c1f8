import Requests

/// Bounds of this domain. The protos document the same figures on their fields.
extension Limits {
  /// Agents that take part in a session.
  static let agentCount = 1_000
  /// Entities of a session, or of an event.
  static let entityCount = 1_000
  /// Characters of an entity's id.
  static let entityLength = 512
  /// Events that a session may have.
  static let largestMaxEvents: Int64 = 1_000_000_000
  /// Events between two checkpoints that are made by themselves.
  static let largestCheckpointInterval: Int32 = 1_000_000
  /// Sessions of whose histories a fork's is made.
  static let forkDepth = 100
  /// 3,650 days.
  static let ttlSeconds: Int64 = 315_360_000
  /// States that a list may be narrowed to.
  static let filterStates = 16
  /// Bytes of the images that a watcher is sent at once.
  static let sessionImageBytes = 1_000_000
}
