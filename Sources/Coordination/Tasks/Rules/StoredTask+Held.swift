import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What those who hold tasks say of them. Pure.
extension StoredTask {
  /// Nil when it has begun already.
  func started() throws(RPCError) -> TaskChange? {
    if state == .running { return nil }
    var change = try change(.start, "begun")
    change.tell(.taskStarted)
    return change
  }

  /// Who works on a task has begun.
  ///
  /// - Parameter lines: What it logged.
  func progressed(_ progress: TaskProgress?, lines: [String]) throws(RPCError) -> TaskChange {
    var change = try change(.progress, "worked on")
    if change.starts { change.tell(.taskStarted) }
    if var progress {
      progress.time = WellKnown.Timestamp(now)
      change.progress = progress
      change.tell(.taskProgress) { $0.progress = progress }
    }
    for line in lines { change.tell(.taskLogged) { $0.message = line } }
    return change
  }

  func completed(_ result: TaskResult) throws(RPCError) -> TaskChange {
    var change = try change(.complete, "completed")
    change.result = result
    change.attemptEnd = .completed
    change.tell(.taskCompleted)
    return change
  }

  /// Its attempt fails; there may be another one.
  ///
  /// - Parameters:
  ///   - isFinal: There is no other one, whatever its policy says.
  ///   - waits: Whether the next one waits as the policy says.
  ///   - chance: 0 to 1, for jitter.
  func failed(
    _ reason: String, _ message: String, isFinal: Bool = false, waits: Bool = true, chance: Double
  ) throws(RPCError) -> TaskChange {
    let again = !isFinal && retry.allows(after: task.attempt, reason: reason)
    let wait = again && waits ? retry.backoff(after: task.attempt, chance: chance) : 0
    var change = try change(again ? wait > 0 ? .failForNow : .failAndRequeue : .fail, "failed")
    let failure = failure(reason, message, isFinal: !again)
    change.failure = failure
    if change.state == .delayed { change.nextTime = now.microseconds + wait }
    change.attemptEnd = state.isHeld ? .failed : .none
    change.tell(again ? .taskRetried : .taskFailed) { $0.failure = failure }
    return change
  }

  func released(because reason: String) throws(RPCError) -> TaskChange {
    var change = try change(.release, "released")
    change.attempt = max(task.attempt - 1, 0)
    change.attemptEnd = .released
    change.tell(.taskReleased) { $0.message = reason }
    return change
  }

  func failure(_ reason: String, _ message: String, isFinal: Bool) -> TaskFailure {
    var failure = TaskFailure()
    failure.attempt = task.attempt
    failure.agent = state.isHeld ? task.agent : ""
    failure.reason = reason
    failure.message = message
    failure.time = WellKnown.Timestamp(now)
    failure.isFinal = isFinal
    return failure
  }
}
