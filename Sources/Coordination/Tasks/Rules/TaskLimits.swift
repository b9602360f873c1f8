import Requests

/// Bounds of tasks. The protos document the same figures on their fields.
extension Limits {
  static let requiredCapabilities = 32
  /// Labels that a task requires, or prefers.
  static let taskLabels = 16
  static let taskPriority: ClosedRange<Int32> = -1_000...1_000
  /// Bytes of a task's input, or of a result's output, as JSON text.
  static let inputBytes = 262_144
  /// Bytes of the payload of a task or of a result.
  static let payloadBytes = 1_048_576
  /// Bytes of a task as it was submitted, or of a result, all in all: two of them, and what failed, are an answer that
  /// stock clients take.
  static let taskBytes = 1_572_864
  /// Characters of unique keys and concurrency keys.
  static let taskKeyLength = 256
  static let concurrency: ClosedRange<Int32> = 0...100_000
  static let fairnessWeight: ClosedRange<Int32> = 0...1_000
  static let dependencies = 100
  static let attempts: ClosedRange<Int32> = 0...1_000
  static let backoffMultiplier = 1.0...100.0
  static let finalReasons = 32
  /// Characters of what people are told about a failure, a cancellation or how far a task is.
  static let taskMessageLength = 1_024
  /// Lines that are logged at once.
  static let loggedLines = 100
  /// Characters.
  static let loggedLineLength = 4_096
  /// Failures of a task that are kept.
  static let keptFailures = 100
  /// Seconds.
  static let day: Int64 = 86_400
}
