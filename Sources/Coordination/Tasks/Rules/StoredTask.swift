import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// A task as a write has locked it, in outline.
struct StoredTask: Sendable {
  let task: CairnTask
  let retry: TaskRetry
  /// Of a task that waits: when it may begin at the earliest. Microseconds since 1970.
  let nextTime: Int64?
  /// The database's clock.
  let now: PostgresTimestamp

  var id: String { task.id }
  var state: TaskState { task.state }
  /// Of the lease under which it is held; 0: nobody holds it.
  var epoch: Int64 { task.lease?.epoch ?? 0 }

  /// Throws TASK_STATE_MISMATCH, LEASE_LOST or NOT_THE_HOLDER.
  ///
  /// - Parameter wish: Completes the sentence "it cannot be …".
  func check(_ holder: TaskHolder, _ wish: String) throws(RPCError) {
    guard state.isHeld else { throw .taskStateMismatch(id, state, wish) }
    if holder.epoch != epoch { throw .leaseLost(Lease(id: id, epoch: holder.epoch)) }
    if !holder.agent.isEmpty, !holder.agent.hasSameBytes(as: task.agent) {
      throw .notTheHolder(id, agent: holder.agent, holder: task.agent)
    }
  }

  /// What becomes of it. Throws TASK_STATE_MISMATCH.
  func change(_ act: TaskAct, _ wish: String) throws(RPCError) -> TaskChange {
    guard let state = state.after(act) else { throw .taskStateMismatch(id, self.state, wish) }
    return TaskChange(self, to: state)
  }
}

/// Who says that it holds a task, and under which lease.
struct TaskHolder: Equatable, Sendable {
  let task: String
  let epoch: Int64
  /// Empty: whoever.
  let agent: String
}

/// What a write makes of a task.
struct TaskChange: Sendable {
  /// What becomes of the attempt under way.
  enum AttemptEnd: Int16, Sendable { case none, completed, failed, released }

  let before: StoredTask
  let state: TaskState
  var attempt: Int32
  var blockedBy: Int32
  /// Microseconds since 1970, of one that waits.
  var nextTime: Int64?
  var result: TaskResult?
  var progress: TaskProgress?
  var failure: TaskFailure?
  var attemptEnd = AttemptEnd.none
  /// Some of those that wait for it have not been told of its end.
  var lingers = false
  /// When it is to be looked at for its deadline, if that changes; microseconds since 1970.
  var look: Int64?
  private(set) var events: [CoordinationEvent] = []

  init(_ before: StoredTask, to state: TaskState) {
    self.before = before
    self.state = state
    attempt = before.task.attempt
    blockedBy = state == .blocked ? before.task.blockedBy : 0
    nextTime = state == .blocked || state == .delayed ? before.nextTime : nil
  }

  /// Whether the task goes from one state to another.
  var isStep: Bool { state != before.state }
  var starts: Bool { state == .running && before.state == .assigned }

  /// In outline, before the write has drawn its position.
  var planned: CairnTask {
    var task = before.task
    task.state = state
    task.attempt = attempt
    task.blockedBy = blockedBy
    task.nextTime = state == .delayed ? nextTime.map { WellKnown.Timestamp(microseconds: $0) } : nil
    if let progress { task.progress = progress }
    if !state.isHeld { task.lease = nil }
    if starts { task.startTime = .ofTheTaskWrite }
    task.endTime = state.isFinal ? .ofTheTaskWrite : nil
    guard isStep else { return task }
    task.position = 0
    task.updateTime = .ofTheTaskWrite
    return task
  }

  /// Says what happens, with the task as it is afterwards.
  mutating func tell(_ type: CoordinationEvent.Type_, _ fill: (inout CoordinationEvent) -> Void = { _ in }) {
    var event = CoordinationEvent(type, planned)
    // Which lease it was done under, also where the lease ends with it.
    event.epoch = before.epoch
    fill(&event)
    events.append(event)
  }
}
