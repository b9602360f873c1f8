import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension RecordEffectRequest: HolderRequest {}
extension FinishEffectRequest: HolderRequest {}
extension RecordEffectResponse: JournalAnswer {}

/// An effect as it is stored.
struct StoredEffect: Equatable, Sendable {
  let attempt: Int32
  let beginTime: PostgresTimestamp
  /// Nil: nobody has said how it ended.
  let endTime: PostgresTimestamp?
  /// Bytes of a TaskResult.
  let outcome: [UInt8]?
}

/// What becomes of an effect of a task. Pure.
enum EffectStep: Equatable, Sendable {
  case begin
  case beginAgain
  /// It was done.
  case told(StoredEffect)

  /// Throws EFFECT_UNFINISHED, and FIELD_INVALID where the task has too many.
  ///
  /// - Parameters:
  ///   - stored: Nil where there is none.
  ///   - total: How many the task has.
  init(
    over stored: StoredEffect?, total: Int, key: String, of task: String, repeats: Bool
  ) throws(RPCError) {
    guard let stored else {
      try Self.check(total)
      self = .begin
      return
    }
    if stored.endTime != nil {
      self = .told(stored)
    } else if repeats {
      self = .beginAgain
    } else {
      throw .effectUnfinished(key, of: task, attempt: stored.attempt)
    }
  }

  /// Throws FIELD_INVALID.
  static func check(_ total: Int) throws(RPCError) {
    guard total >= Limits.effects else { return }
    var violations = Violations()
    violations.add("is one too many: the task has \(Limits.effects) effects", at: "key")
    try violations.check()
  }
}

extension Limits {
  /// Effects of a task.
  static let effects = 1_000
  /// Characters of an effect's key.
  static let effectKeyLength = 256
  /// Bytes of what an effect came to.
  static let effectBytes = 65_536
}

extension Violations {
  mutating func effectKey(_ key: String) { identifier(key, at: "key", atMost: Limits.effectKeyLength) }

  /// Whether an unfinished effect is begun again.
  mutating func onUnfinished(_ wish: RecordEffectRequest.OnUnfinished) -> Bool {
    switch wish {
    case .unspecified, .fail: return false
    case .repeat: return true
    case .unrecognized(let number): unknown("on_unfinished", number: number)
    }
    return false
  }

  mutating func outcome(_ given: TaskResult?) -> TaskResult {
    let outcome = result(given, at: "outcome")
    let bytes = outcome.serializedBytes().count
    if bytes > Limits.effectBytes, bytes <= Limits.taskBytes {
      add("must have at most \(Limits.effectBytes) bytes in all, not \(bytes)", at: "outcome")
    }
    return outcome
  }
}

extension TaskEffect {
  init(_ task: String, _ key: String, _ stored: StoredEffect) throws(RPCError) {
    self.init()
    (self.task, self.key, attempt) = (task, key, stored.attempt)
    beginTime = WellKnown.Timestamp(stored.beginTime)
    endTime = stored.endTime.map { WellKnown.Timestamp($0) }
    if let bytes = stored.outcome {
      guard let outcome = try? TaskResult(decoding: bytes) else {
        throw RPCError(.internal, .internal, "the stored outcome of an effect cannot be read")
      }
      self.outcome = outcome
    }
  }
}

extension RPCError {
  fileprivate static func effectUnfinished(_ key: String, of task: String, attempt: Int32) -> RPCError {
    RPCError(
      .failedPrecondition, .effectUnfinished, about: .task(task),
      "effect \(key.quoted) was begun by attempt \(attempt), and nobody said how it ended",
      ["task": task, "key": key, "attempt": String(attempt)])
  }
}
