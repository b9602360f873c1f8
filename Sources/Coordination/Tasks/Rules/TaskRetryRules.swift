import CairnAPI
import Journal
import Requests
import Wire

/// How a task is tried again. Pure.
struct TaskRetry: Equatable, Sendable {
  let maxAttempts: Int32
  /// Microseconds.
  let initialBackoff, maxBackoff: Int64
  let multiplier, jitter: Double
  let finalReasons: [String]

  static let standard = TaskRetry(
    maxAttempts: 3, initialBackoff: 1_000_000, maxBackoff: 300_000_000, multiplier: 2, jitter: 0.2,
    finalReasons: [])
}

extension TaskRetry {
  /// As it is stored, with nothing left out.
  init(_ policy: TaskRetryPolicy) {
    self.init(
      maxAttempts: policy.maxAttempts,
      initialBackoff: policy.initialBackoff?.microseconds ?? Self.standard.initialBackoff,
      maxBackoff: policy.maxBackoff?.microseconds ?? Self.standard.maxBackoff, multiplier: policy.multiplier,
      jitter: policy.jitter ?? Self.standard.jitter, finalReasons: policy.finalReasons)
  }

  var policy: TaskRetryPolicy {
    var policy = TaskRetryPolicy()
    policy.maxAttempts = maxAttempts
    policy.initialBackoff = WellKnown.Duration(microseconds: initialBackoff)
    policy.maxBackoff = WellKnown.Duration(microseconds: maxBackoff)
    policy.multiplier = multiplier
    policy.jitter = jitter
    policy.finalReasons = finalReasons
    return policy
  }

  /// The wait after a failure, in microseconds.
  ///
  /// - Parameters:
  ///   - attempt: Which one failed, from 1.
  ///   - chance: 0 to 1, by which part of `jitter` the wait is shortened.
  func backoff(after attempt: Int32, chance: Double) -> Int64 {
    var wait = Double(initialBackoff)
    // Beyond the limit there is nothing to multiply: a thousand attempts at a factor of a hundred are no number.
    for _ in 1..<max(attempt, 1) where wait < Double(maxBackoff) { wait *= multiplier }
    wait = min(wait, Double(maxBackoff))
    return Int64(wait * (1 - jitter * chance))
  }

  /// Whether there is another attempt after one that failed.
  func allows(after attempt: Int32, reason: String) -> Bool {
    attempt < maxAttempts && !finalReasons.contains { $0.hasSameBytes(as: reason) }
  }
}

extension Violations {
  /// The policy of a task, with what is left out.
  mutating func retry(_ policy: TaskRetryPolicy?, at field: String) -> TaskRetry {
    let standard = TaskRetry.standard
    guard let policy else { return standard }
    if !Limits.attempts.contains(policy.maxAttempts) {
      add("must be between 1 and \(Limits.attempts.upperBound)", at: "\(field).max_attempts")
    }
    let initial = duration(
      policy.initialBackoff, at: "\(field).initial_backoff", from: 0, to: Limits.day, "zero and a day")
    let longest = duration(
      policy.maxBackoff, at: "\(field).max_backoff", from: 0, to: 30 * Limits.day, "zero and 30 days")
    if policy.multiplier != 0, !Limits.backoffMultiplier.contains(policy.multiplier) {
      add("must be between 1 and 100", at: "\(field).multiplier")
    }
    if let jitter = policy.jitter, !(0...1).contains(jitter) {
      add("must be between 0 and 1", at: "\(field).jitter")
    }
    identifiers(policy.finalReasons, at: "\(field).final_reasons", atMost: Limits.finalReasons)
    return TaskRetry(
      maxAttempts: policy.maxAttempts == 0 ? standard.maxAttempts : policy.maxAttempts,
      initialBackoff: initial ?? standard.initialBackoff, maxBackoff: longest ?? standard.maxBackoff,
      multiplier: policy.multiplier == 0 ? standard.multiplier : policy.multiplier,
      jitter: policy.jitter ?? standard.jitter, finalReasons: policy.finalReasons)
  }

  /// A duration in microseconds; nil when there is none or it is wrong.
  ///
  /// - Parameters:
  ///   - shortest: Seconds.
  ///   - longest: Seconds.
  ///   - words: Completes the sentence "must be between …".
  mutating func duration(
    _ duration: WellKnown.Duration?, at field: String, from shortest: Int64, to longest: Int64,
    _ words: String
  ) -> Int64? {
    guard let duration else { return nil }
    guard (shortest...longest).contains(duration.seconds), (0..<1_000_000_000).contains(duration.nanos),
      duration.seconds < longest || duration.nanos == 0
    else {
      add("must be between \(words)", at: field)
      return nil
    }
    return duration.microseconds
  }
}
