import Requests

/// Bounds of agents. The protos document the same figures on their fields.
extension Limits {
  static let capabilityCount = 100
  static let labelCount = 64
  static let largestAgentPriority: Int32 = 10
  static let largestMaxLoad: Int32 = 10_000
  /// States that a list may be narrowed to.
  static let filterAgentStates = 16
  static let filterCapabilities = 32
}
