import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// What an agent says of a task that it holds, validated.
enum WorkAct {
  case start(TaskHolder)
  case progress(TaskHolder, TaskProgress?, lines: [String])
  case complete(TaskCompletion)
  case fail(TaskHolder, reason: String, message: String, isFinal: Bool, chance: Double)
  case release(TaskHolder, reason: String)

  var holder: TaskHolder {
    switch self {
    case .start(let holder), .progress(let holder, _, _), .fail(let holder, _, _, _, _),
      .release(let holder, _):
      holder
    case .complete(let completion): completion.holder
    }
  }

  /// What becomes of the task.
  func change(of task: StoredTask, by scope: CallScope) throws(RPCError) -> TaskChange? {
    let holder = try holder.completed(by: scope)
    switch self {
    case .start:
      try task.check(holder, "begun")
      return try task.started()
    case .progress(_, let progress, let lines):
      try task.check(holder, "worked on")
      return try task.progressed(progress, lines: lines)
    case .complete(let completion):
      try task.check(holder, "completed")
      return try task.completed(completion.result)
    case .fail(_, let reason, let message, let isFinal, let chance):
      try task.check(holder, "failed")
      return try task.failed(reason, message, isFinal: isFinal, chance: chance)
    case .release(_, let reason):
      try task.check(holder, "released")
      return try task.released(because: reason)
    }
  }
}

extension WorkRequest {
  /// The task that it is about, and whether that ends the attempt; nil when it is about none.
  var subject: (task: TextKey, ends: Bool)? {
    switch message {
    case .start(let start): (TextKey(start.task), false)
    case .progress(let progress): (TextKey(progress.task), false)
    case .complete(let complete): (TextKey(complete.task), true)
    case .fail(let fail): (TextKey(fail.task), true)
    case .release(let release): (TextKey(release.task), true)
    case .hello, .heartbeat, .ready, nil: nil
    }
  }

  /// Bytes that checking it takes time for.
  var readBytes: Int {
    if case .complete(let complete) = message { TaskResult.bytes(of: complete.result) } else { 0 }
  }
}

extension WorkAct {
  /// What is wrong with a message about a task is added to `violations`.
  init?(validating request: WorkRequest, _ violations: inout Violations) {
    switch request.message {
    case .start(let start):
      violations.leftToBatch(start)
      self = .start(violations.holder(of: start))
    case .progress(let progress):
      violations.leftToBatch(progress)
      let holder = violations.holder(of: progress)
      violations.entries(progress.lines, at: "lines", atMost: Limits.loggedLines) {
        $0.text($2, at: $1, atMost: Limits.loggedLineLength)
      }
      self = .progress(
        holder, violations.progress(progress.progress, at: "progress"), lines: progress.lines)
    case .complete(let complete):
      violations.leftToBatch(complete)
      if !complete.writes.isEmpty {
        violations.add("must be empty on a stream: CompleteTask takes them", at: "writes")
      }
      if !complete.followUpTasks.isEmpty {
        violations.add("must be empty on a stream: CompleteTask takes them", at: "follow_up_tasks")
      }
      self = .complete(TaskCompletion(validating: complete, &violations))
    case .fail(let fail):
      violations.leftToBatch(fail)
      let holder = violations.holder(of: fail)
      violations.optionalIdentifier(fail.reason, at: "reason")
      let message = violations.taskMessage(fail.message, at: "message")
      self = .fail(
        holder, reason: fail.reason, message: message, isFinal: fail.isFinal, chance: .random(in: 0...1))
    case .release(let release):
      violations.leftToBatch(release)
      let holder = violations.holder(of: release)
      self = .release(holder, reason: violations.taskMessage(release.reason, at: "reason"))
    case .hello, .heartbeat, .ready, nil: return nil
    }
  }
}

/// Messages that are done in one write: all end attempts or none does, and no two are about the same task. Pure.
struct WorkRuns {
  /// Of one run.
  static let longest = 100

  private(set) var runs: [[WorkRequest]] = []

  init(_ requests: [WorkRequest]) {
    var tasks: Set<TextKey> = []
    var ends: Bool?
    for request in requests {
      let subject = request.subject
      let joins =
        subject.map { ends == $0.ends && !tasks.contains($0.task) } ?? false
        && runs.last.map { $0.count < Self.longest } ?? false
      if joins {
        runs[runs.count - 1].append(request)
      } else {
        runs.append([request])
        tasks = []
      }
      ends = subject?.ends
      if let subject { tasks.insert(subject.task) }
    }
  }
}
