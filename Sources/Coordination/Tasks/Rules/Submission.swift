import CairnAPI
import Postgres
import Wire

/// A task that is stored: what was submitted, and what becomes of it.
struct Submission: Sendable {
  let id: String
  let draft: TaskDraft
  /// The schedule that submits it; empty for none.
  var schedule = ""
  var state = TaskState.queued
  /// The tasks that it waits for.
  var blockers: [TaskDraft.Dependency] = []
  /// Of one that fails at once.
  var failure: TaskFailure?

  /// When it may begin, if that is to be known: of one that waits.
  var nextTime: Int64? { state == .delayed || state == .blocked ? draft.notBefore : nil }

  /// In outline, before the write has drawn its position.
  var planned: CairnTask {
    var task = draft.task.outlined
    task.id = id
    task.schedule = schedule
    task.state = state
    task.blockedBy = Int32(clamping: blockers.count)
    if state == .delayed { task.nextTime = draft.task.notBefore }
    task.createTime = .ofTheTaskWrite
    task.updateTime = .ofTheTaskWrite
    if state.isFinal { task.endTime = .ofTheTaskWrite }
    return task
  }

  var events: [CoordinationEvent] {
    let task = planned
    var events = [CoordinationEvent(.taskSubmitted, task)]
    if let failure {
      var event = CoordinationEvent(.taskFailed, task)
      event.failure = failure
      events.append(event)
    }
    return events
  }
}
