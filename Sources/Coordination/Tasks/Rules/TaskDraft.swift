import CairnAPI
import Journal
import Requests
import Wire

/// A task that may be submitted.
struct TaskDraft: Sendable {
  /// The client's own id; empty when the server is to make one.
  let id: String
  /// As it was submitted, with what was left out; without an id where the server makes it.
  let task: CairnTask
  /// ``task`` as its bytes.
  let body: [UInt8]
  let lane: TaskLane
  let retry: TaskRetry
  /// Microseconds.
  let estimate, timeout, retention: Int64
  /// Microseconds since 1970.
  let deadline, notBefore: Int64?
  /// The tasks that it waits for, each once.
  let dependencies: [Dependency]

  struct Dependency: Equatable, Sendable {
    let task: String
    /// Whether the task begins when that one has failed.
    let proceeds: Bool
  }

  /// Whether nothing that is stored says what becomes of it: it is ready at once.
  var isPlain: Bool {
    dependencies.isEmpty && notBefore == nil && task.uniqueKey.isEmpty && task.fairnessKey.isEmpty
  }

  /// Bytes of it that checking takes time for.
  static func bytes(of task: CairnTask?) -> Int {
    guard let task else { return 0 }
    // What is in its objects is not known without a walk.
    return task.payload.count + (task.input == nil ? 0 : Limits.quickBytes)
      + (task.metadata == nil ? 0 : Limits.quickBytes)
  }

  init(validating given: CairnTask?, at field: String, _ violations: inout Violations) {
    if given == nil { violations.add("must be set", at: field) }
    var task = CairnTask()
    let given = given ?? CairnTask()
    func at(_ name: String) -> String { "\(field).\(name)" }

    if given.id == "-" {
      violations.add("must not be `-`", at: at("id"))
    } else {
      violations.optionalIdentifier(given.id, at: at("id"))
    }
    violations.identifier(given.type, at: at("type"))
    violations.optionalIdentifier(given.queue, at: at("queue"))
    violations.optionalIdentifier(given.session, at: at("session"))
    (task.id, task.type, task.session) = (given.id, given.type, given.session)
    task.queue = given.queue.isEmpty ? TaskDraft.standardQueue : given.queue
    task.taskClass = violations.taskClass(given.taskClass, at: at("task_class"))
    if !Limits.taskPriority.contains(given.priority) {
      violations.add("must be between -1,000 and 1,000", at: at("priority"))
    }
    task.priority = given.priority

    violations.differentIdentifiers(
      given.requiredCapabilities, at: at("required_capabilities"), atMost: Limits.requiredCapabilities)
    violations.labels(given.requiredLabels, at: at("required_labels"), atMost: Limits.taskLabels)
    violations.labels(given.preferredLabels, at: at("preferred_labels"), atMost: Limits.taskLabels)
    task.requiredCapabilities = given.requiredCapabilities
    task.requiredLabels = given.requiredLabels
    task.preferredLabels = given.preferredLabels

    _ = violations.metadata(given.input, at: at("input"), atMost: Limits.inputBytes)
    violations.payload(given.payload, at: at("payload"))
    violations.mediaType(given.mediaType, at: at("media_type"))
    _ = violations.metadata(given.metadata, at: at("metadata"))
    (task.input, task.payload, task.mediaType) = (given.input, given.payload, given.mediaType)
    task.metadata = given.metadata

    estimate =
      violations.duration(
        given.estimate, at: at("estimate"), from: 0, to: 365 * Limits.day, "zero and 365 days") ?? 0
    timeout =
      violations.duration(
        given.timeout, at: at("timeout"), from: 1, to: 30 * Limits.day, "a second and 30 days")
      ?? TaskDraft.standardTimeout
    retention =
      violations.duration(
        given.retention, at: at("retention"), from: 60, to: 3_650 * Limits.day, "a minute and 3,650 days")
      ?? TaskDraft.standardRetention
    if estimate > 0 { task.estimate = WellKnown.Duration(microseconds: estimate) }
    task.timeout = WellKnown.Duration(microseconds: timeout)
    task.retention = WellKnown.Duration(microseconds: retention)
    task.deadline = violations.storedTime(given.deadline, at: at("deadline"))
    task.notBefore = violations.storedTime(given.notBefore, at: at("not_before"))
    deadline = task.deadline?.microseconds
    notBefore = task.notBefore?.microseconds

    let retry = violations.retry(given.retry, at: at("retry"))
    task.retry = retry.policy
    self.retry = retry

    if !given.uniqueKey.isEmpty {
      violations.identifier(given.uniqueKey, at: at("unique_key"), atMost: Limits.taskKeyLength)
    }
    task.uniqueKey = given.uniqueKey
    task.uniquePolicy = violations.uniquePolicy(given.uniquePolicy, at: at("unique_policy"))
    if given.uniqueKey.isEmpty { task.uniquePolicy = .unspecified }

    if !given.concurrencyKey.isEmpty {
      violations.identifier(given.concurrencyKey, at: at("concurrency_key"), atMost: Limits.taskKeyLength)
    } else if given.concurrencyLimit != 0 {
      violations.add("has no meaning without concurrency_key", at: at("concurrency_limit"))
    }
    if !Limits.concurrency.contains(given.concurrencyLimit) {
      violations.add("must be between 1 and 100,000", at: at("concurrency_limit"))
    }
    task.concurrencyKey = given.concurrencyKey
    if !given.concurrencyKey.isEmpty { task.concurrencyLimit = max(given.concurrencyLimit, 1) }

    violations.optionalIdentifier(given.fairnessKey, at: at("fairness_key"))
    if !Limits.fairnessWeight.contains(given.fairnessWeight) {
      violations.add("must be between 1 and 1,000", at: at("fairness_weight"))
    }
    task.fairnessKey = given.fairnessKey
    task.fairnessWeight = max(given.fairnessWeight, 1)

    dependencies = violations.dependencies(given.dependencies, of: given.id, at: at("dependencies"))
    task.dependencies = dependencies.map { dependency in
      var message = TaskDependency()
      message.task = dependency.task
      message.onFailure = dependency.proceeds ? .proceed : .fail
      return message
    }

    id = given.id
    lane = TaskLane(
      queue: task.queue,
      required: Terms(capabilities: task.requiredCapabilities, labels: task.requiredLabels).texts,
      preferred: Terms(labels: task.preferredLabels).texts,
      concurrencyKey: task.concurrencyKey.isEmpty ? nil : task.concurrencyKey,
      concurrencyLimit: max(task.concurrencyLimit, 1))
    self.task = task
    body = task.serializedBytes()
    if body.count > Limits.taskBytes {
      violations.add("must have at most \(Limits.taskBytes) bytes in all, not \(body.count)", at: field)
    }
  }

  static let standardQueue = "default"
  /// Microseconds: ten minutes.
  private static let standardTimeout: Int64 = 600_000_000
  /// Microseconds: a day.
  private static let standardRetention: Int64 = 86_400_000_000
}

extension Violations {
  fileprivate mutating func taskClass(_ taskClass: TaskClass, at field: String) -> TaskClass {
    switch taskClass {
    case .unspecified: return .standard
    case .critical, .standard, .background: return taskClass
    case .unrecognized(let number): unknown(field, number: number)
    }
    return .standard
  }

  fileprivate mutating func uniquePolicy(_ policy: TaskUniquePolicy, at field: String) -> TaskUniquePolicy {
    switch policy {
    case .unspecified: return .reject
    case .reject, .returnExisting, .replace: return policy
    case .unrecognized(let number): unknown(field, number: number)
    }
    return .reject
  }

  fileprivate mutating func differentIdentifiers(_ texts: [String], at field: String, atMost limit: Int) {
    var known: Set<TextKey> = []
    entries(texts, at: field, atMost: limit) { violations, path, text in
      violations.identifier(text, at: path)
      if !known.add(text) { violations.add("is there twice", at: path) }
    }
  }

  mutating func payload(_ payload: [UInt8], at field: String) {
    if payload.count > Limits.payloadBytes {
      add("must have at most \(Limits.payloadBytes) bytes, not \(payload.count)", at: field)
    }
  }

  fileprivate mutating func dependencies(
    _ given: [TaskDependency], of id: String, at field: String
  ) -> [TaskDraft.Dependency] {
    var known: Set<TextKey> = []
    var dependencies: [TaskDraft.Dependency] = []
    entries(given, at: field, atMost: Limits.dependencies) { violations, path, dependency in
      violations.identifier(dependency.task, at: "\(path).task")
      if !known.add(dependency.task) { violations.add("is there twice", at: "\(path).task") }
      switch dependency.onFailure {
      case .unspecified, .fail, .proceed: break
      case .unrecognized(let number): violations.unknown("\(path).on_failure", number: number)
      }
      dependencies.append(.init(task: dependency.task, proceeds: dependency.onFailure == .proceed))
    }
    return dependencies
  }
}
