import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A request of somebody who holds a task.
protocol HolderRequest: WriteRequest {
  var task: String { get }
  var leaseEpoch: Int64 { get }
  var agent: String { get }
}

extension StartTaskRequest: HolderRequest {}
extension ReportProgressRequest: HolderRequest {}
extension CompleteTaskRequest: HolderRequest {}
extension FailTaskRequest: HolderRequest {}
extension ReleaseTaskRequest: HolderRequest {}
extension CancelTaskRequest: WriteRequest {}
extension RetryTaskRequest: WriteRequest {}
extension SubmitTasksRequest: BatchRequest {}
extension CompleteTasksRequest: BatchRequest {}
extension CancelTasksRequest: BatchRequest {}

extension Violations {
  mutating func holder(of request: some HolderRequest) -> TaskHolder {
    identifier(request.task, at: "task")
    if request.leaseEpoch < 0 { add("must not be negative", at: "lease_epoch") }
    optionalIdentifier(request.agent, at: "agent")
    return TaskHolder(task: request.task, epoch: request.leaseEpoch, agent: request.agent)
  }

  /// What people are told about a task.
  mutating func taskMessage(_ text: String, at field: String) -> String {
    self.text(text, at: field, atMost: Limits.taskMessageLength)
    return text
  }

  mutating func progress(_ given: TaskProgress?, at field: String) -> TaskProgress? {
    guard let given else { return nil }
    if !(0...1).contains(given.fraction) { add("must be between 0 and 1", at: "\(field).fraction") }
    var progress = TaskProgress()
    progress.fraction = given.fraction
    progress.message = taskMessage(given.message, at: "\(field).message")
    return progress
  }

  mutating func result(_ given: TaskResult?, at field: String) -> TaskResult {
    guard let given else { return TaskResult() }
    var result = TaskResult()
    _ = metadata(given.output, at: "\(field).output", atMost: Limits.inputBytes)
    payload(given.payload, at: "\(field).payload")
    mediaType(given.mediaType, at: "\(field).media_type")
    (result.output, result.payload, result.mediaType) = (given.output, given.payload, given.mediaType)
    let bytes = result.serializedBytes().count
    if bytes > Limits.taskBytes {
      add("must have at most \(Limits.taskBytes) bytes in all, not \(bytes)", at: field)
    }
    return result
  }
}

extension TaskResult {
  /// Bytes of it that checking takes time for.
  static func bytes(of result: TaskResult?) -> Int {
    guard let result else { return 0 }
    return result.payload.count + (result.output == nil ? 0 : Limits.quickBytes)
  }
}

extension TaskHolder {
  /// With what the call says where the request does not. Throws FIELD_INVALID when neither says the epoch.
  func completed(by scope: CallScope) throws(RPCError) -> TaskHolder {
    var epoch = epoch
    if epoch == 0, let lease = scope.lease, lease.id.hasSameBytes(as: task) { epoch = lease.epoch }
    if epoch == 0 {
      var violations = Violations()
      violations.add(
        "must be set, or the call must name the task's lease in its metadata", at: "lease_epoch")
      try violations.check()
    }
    return TaskHolder(task: task, epoch: epoch, agent: agent.isEmpty ? scope.agent ?? "" : agent)
  }
}

/// A task that is completed, validated.
struct TaskCompletion: Sendable {
  let holder: TaskHolder
  let result: TaskResult

  init(validating request: CompleteTaskRequest, _ violations: inout Violations) {
    holder = violations.holder(of: request)
    result = violations.result(request.result, at: "result")
  }
}

/// A task that is cancelled, validated.
struct TaskCancellation: Sendable {
  let id: String
  let reason: String

  init(validating request: CancelTaskRequest, _ violations: inout Violations) {
    violations.identifier(request.id, at: "id")
    id = request.id
    reason = violations.taskMessage(request.reason, at: "reason")
  }
}
