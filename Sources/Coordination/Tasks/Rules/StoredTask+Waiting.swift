import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// The reasons of failures that the server itself finds.
enum FailureReason {
  static let agentDead = "agent_dead"
  static let timeout = "timeout"
  static let deadline = "deadline"
  static let dependency = "dependency"
}

/// What becomes of tasks by the word of those who want them, by others and by time. Pure.
extension StoredTask {
  func cancelled(because reason: String) throws(RPCError) -> TaskChange {
    var change = try change(.cancel, "cancelled")
    if state.isHeld { change.attemptEnd = .released }
    change.tell(.taskCancelled) { $0.message = reason }
    return change
  }

  /// It is done after all, or sooner, with all its attempts before it.
  func retried() throws(RPCError) -> TaskChange {
    var change = try change(.retry, "tried again")
    if state.isFinal { change.attempt = 0 }
    change.tell(.taskQueued)
    return change
  }

  /// Its time has come; nil when it has not.
  func due() throws(RPCError) -> TaskChange? {
    guard state == .delayed, nextTime.map({ $0 <= now.microseconds }) ?? true else { return nil }
    var change = try change(.comeDue, "queued")
    change.tell(.taskQueued)
    return change
  }

  /// When it is to be looked at next for its deadline, in microseconds since 1970: before that it may still begin, or end,
  /// in time. Nil for never.
  var deadlineLook: Int64? {
    guard let deadline = task.deadline?.microseconds, !state.isFinal else { return nil }
    return state.isHeld ? deadline : deadline - (task.estimate?.microseconds ?? 0)
  }

  /// It cannot keep its deadline; nil when it can.
  func late() throws(RPCError) -> TaskChange? {
    guard let look = deadlineLook, look <= now.microseconds else { return nil }
    let message =
      state.isHeld ? "it had not ended by its deadline" : "it had not begun in time for its deadline"
    return try failed(FailureReason.deadline, message, isFinal: true, chance: 0)
  }

  /// Tasks that it waited for have ended.
  ///
  /// - Parameters:
  ///   - ended: How many.
  ///   - failed: One of them that failed, without which it cannot begin.
  func freed(of ended: Int, failed: String?) throws(RPCError) -> TaskChange {
    if let failed {
      return try self.failed(
        FailureReason.dependency, "task \(failed.quoted) failed or was cancelled", isFinal: true, chance: 0)
    }
    let left = task.blockedBy - Int32(clamping: ended)
    if left > 0 {
      var change = TaskChange(self, to: state)
      change.blockedBy = left
      return change
    }
    let waits = nextTime.map { $0 > now.microseconds } ?? false
    var change = try change(waits ? .delay : .unblock, "begun")
    if !waits { change.tell(.taskQueued) }
    return change
  }
}
