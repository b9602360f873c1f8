import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension TaskStore {
  /// Does what messages of a stream say of tasks, in one write: two round trips for all. All end attempts or none does, and no
  /// two are about the same task (``WorkRuns``).
  func perform(
    _ run: [WorkRequest], in scope: CallScope, _ call: CallContext
  ) async throws(RPCError) -> TaskResults {
    let bytes = run.reduce(0) { $0 + $1.readBytes }
    let acts: [Result<WorkAct, RPCError>] = try await blocking.work(on: bytes, for: call) {
      _ throws(RPCError) in
      run.map { request in
        var violations = Violations(listing: Limits.listedItemViolationBytes)
        let act = WorkAct(validating: request, &violations)
        if let error = violations.error() { return .failure(error) }
        return act.map { .success($0) } ?? .failure(.callEnded)
      }
    }
    let writing = TaskWriting(store: store)
    let ids = acts.successes().map(\.holder.task)
    let decide = { (locked: TaskWriting.Locked) throws(RPCError) in Self.decided(acts, on: locked, by: scope)
    }
    let part =
      run[0].subject?.ends ?? false
      ? writing.ending(ids, in: scope, decide: decide) : writing.changing(ids, in: scope, decide: decide)
    let written = try await writing.repeating { () throws(RPCError) in
      try await journal.write(part, in: scope)
    }
    guard case .written(let write) = written else { return TaskResults([], nil, scope) }
    writing.tell(write.value, in: scope.project)
    return TaskResults(write.value.value, write.value.stamp, scope)
  }

  /// What becomes of each task, and of each message.
  private static func decided(
    _ acts: [Result<WorkAct, RPCError>], on locked: TaskWriting.Locked, by scope: CallScope
  ) -> ([TaskChange], [Result<CairnTask, RPCError>]) {
    var changes: [TaskChange] = []
    let results = acts.map { act -> Result<CairnTask, RPCError> in
      do throws(RPCError) {
        let act = try act.get()
        guard let task = locked[act.holder.task] else { throw .taskNotFound(act.holder.task) }
        guard let change = try act.change(of: task, by: scope) else { return .success(task.task) }
        changes.append(change)
        return .success(change.planned)
      } catch { return .failure(error) }
    }
    return (changes, results)
  }
}
