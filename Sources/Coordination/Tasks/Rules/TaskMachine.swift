import CairnAPI

/// What may happen to a task.
enum TaskAct: CaseIterable, Sendable {
  /// Its agent begins.
  case start
  /// Its agent tells how far it is.
  case progress
  case complete
  /// An attempt fails, and there will be another one after a wait.
  case failForNow
  /// An attempt fails, and there will be another one at once.
  case failAndRequeue
  /// It fails for good.
  case fail
  /// Its agent gives it back.
  case release
  case cancel
  /// Somebody wants it to be done after all, or sooner.
  case retry
  /// The time that it waits for has come.
  case comeDue
  /// What it waited for has ended, and it has no other time to wait for.
  case unblock
  /// What it waited for has ended, and it waits for a time now.
  case delay
}

/// The life of a task: what follows on what. Pure.
///
///     BLOCKED ─▶ DELAYED ⇄ QUEUED ─▶ ASSIGNED ─▶ RUNNING ─▶ COMPLETED | FAILED | CANCELLED
///
/// QUEUED becomes ASSIGNED where tasks are given out, in another room.
extension TaskState {
  /// Nil where that cannot happen.
  func after(_ act: TaskAct) -> TaskState? {
    switch (act, self) {
    case (.start, .assigned), (.progress, .assigned), (.progress, .running): .running
    case (.complete, .assigned), (.complete, .running): .completed
    case (.failForNow, .assigned), (.failForNow, .running): .delayed
    case (.failAndRequeue, .assigned), (.failAndRequeue, .running): .queued
    case (.release, .assigned), (.release, .running): .queued
    case (.fail, _) where !isFinal: .failed
    case (.cancel, _) where !isFinal: .cancelled
    case (.retry, .failed), (.retry, .cancelled), (.retry, .delayed): .queued
    case (.comeDue, .delayed): .queued
    case (.unblock, .blocked): .queued
    case (.delay, .blocked): .delayed
    default: nil
    }
  }
}
