import CairnAPI
import GRPC
import Journal

extension TaskStore {
  /// Begins tasks that an agent has been given, in one write; returns those that it still holds.
  ///
  /// - Parameter tasks: Whole, as they were read.
  func begin(_ tasks: [CairnTask], by agent: String, in scope: CallScope) async throws(RPCError)
    -> [CairnTask]
  {
    let writing = TaskWriting(store: store)
    let part = writing.changing(tasks.map(\.id), in: scope) { locked throws(RPCError) in
      var begun: [(task: CairnTask, change: TaskChange?)] = []
      for task in tasks {
        let holder = TaskHolder(task: task.id, epoch: task.lease?.epoch ?? 0, agent: agent)
        guard let stored = locked[task.id], (try? stored.check(holder, "begun")) != nil else { continue }
        begun.append((task, try stored.started()))
      }
      return (begun.compactMap(\.change), begun)
    }
    guard case .written(let write) = try await journal.write(part, in: scope) else { return [] }
    writing.tell(write.value, in: scope.project)
    return write.value.value.map { item in
      guard let stamp = write.value.stamp, let change = item.change else { return item.task }
      return item.task.stamped(stamp, as: change.planned)
    }
  }
}

extension CairnTask {
  /// The same task once it has begun.
  fileprivate func stamped(_ stamp: Stamp, as planned: CairnTask) -> CairnTask {
    let outline = planned.stamped(stamp)
    var task = self
    (task.state, task.position) = (outline.state, outline.position)
    (task.startTime, task.updateTime) = (outline.startTime, outline.updateTime)
    return task
  }
}
