import CairnAPI
import Journal
import Postgres
import Wire

extension WellKnown.Timestamp {
  /// The time of a write that has not drawn its position yet: put in when it has, by ``CairnTask/stamped(_:)``.
  static let ofTheTaskWrite = WellKnown.Timestamp()
}

extension CairnTask {
  /// Without what is only in its body, its result and its failures, as answers to writes and lists have it.
  var outlined: CairnTask {
    var task = self
    (task.input, task.payload, task.mediaType, task.metadata) = (nil, [], "", nil)
    (task.requiredCapabilities, task.requiredLabels, task.preferredLabels) = ([], [:], [:])
    (task.retry, task.uniquePolicy, task.dependencies, task.notBefore) = (nil, .unspecified, [], nil)
    (task.result, task.failures) = (nil, [])
    return task
  }

  /// The task after a write that has drawn its position; position 0 stands for that one.
  func stamped(_ stamp: Stamp) -> CairnTask {
    let at = WellKnown.Timestamp(stamp.at)
    return timed(position: stamp.position) { $0 == .ofTheTaskWrite ? at : $0 }
  }

  /// The task as the answer to a request with `validate_only` has it: without what only a write gives.
  var told: CairnTask { timed(position: 0) { $0 == .ofTheTaskWrite ? nil : $0 } }

  private func timed(
    position written: Int64, _ time: (WellKnown.Timestamp) -> WellKnown.Timestamp?
  ) -> CairnTask {
    var task = self
    if position == 0 { task.position = written }
    task.createTime = createTime.flatMap(time)
    task.updateTime = updateTime.flatMap(time)
    task.startTime = startTime.flatMap(time)
    task.endTime = endTime.flatMap(time)
    return task
  }
}

extension CoordinationEvent {
  /// Something that happened with a task, which is as it is afterwards.
  init(_ type: Type_, _ task: CairnTask) {
    self.init()
    self.type = type
    self.task = task.id
    agent = task.agent
    session = task.session
    taskType = task.type
    queue = task.queue
    taskState = task.state
    attempt = task.attempt
    epoch = task.lease?.epoch ?? 0
    nextTime = task.nextTime
  }
}
