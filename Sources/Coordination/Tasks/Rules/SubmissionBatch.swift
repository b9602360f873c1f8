import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// A task that may be submitted, under the id that it will have.
struct NamedTask: Sendable {
  let id: String
  let draft: TaskDraft
}

extension NamedTask {
  init(_ draft: TaskDraft) {
    self.init(id: draft.id.isEmpty ? TaskStore.newID() : draft.id, draft: draft)
  }
}

/// The order in which tasks of one request are decided about: those that others wait for come first. Pure.
enum DependencyOrder {
  /// The places of the tasks. Throws TASK_DEPENDENCY_CYCLE, which names one.
  static func order(_ tasks: [NamedTask]) throws(RPCError) -> [Int] {
    var places: [TextKey: Int] = [:]
    for (place, task) in tasks.enumerated() { places[TextKey(task.id)] = place }
    var order: [Int] = []
    order.reserveCapacity(tasks.count)
    // 0: not seen, 1: on the path, 2: done.
    var marks = [UInt8](repeating: 0, count: tasks.count)
    for start in tasks.indices where marks[start] == 0 {
      // A path of a thousand tasks is no matter for the stack of calls.
      var path: [(place: Int, next: Int)] = [(start, 0)]
      marks[start] = 1
      while let (place, next) = path.last {
        let dependencies = tasks[place].draft.dependencies
        guard next < dependencies.count else {
          marks[place] = 2
          order.append(place)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        guard let other = places[TextKey(dependencies[next].task)] else { continue }
        if marks[other] == 1 {
          let cycle = path.drop { $0.place != other }.map { tasks[$0.place].id }
          throw .dependencyCycle(cycle)
        }
        if marks[other] == 0 {
          marks[other] = 1
          path.append((other, 0))
        }
      }
    }
    return order
  }
}

/// What becomes of tasks that are submitted together, given what there is. Pure.
struct SubmissionBatch {
  enum Outcome: Sendable {
    case stored(Submission)
    /// The task that has its unique key.
    case existing(CairnTask)

    /// In outline; where it is not kept, without an id that the server made.
    func planned(isKept: Bool) -> CairnTask {
      var task = planned
      if !isKept, case .stored(let submission) = self, submission.draft.id.isEmpty { task.id = "" }
      return task
    }

    var planned: CairnTask {
      switch self {
      case .stored(let task): task.planned
      case .existing(let task): task
      }
    }
  }

  /// The tasks that are there: with the ids of those that are submitted, those that they wait for, and the holders of their unique
  /// keys.
  let locked: [TextKey: StoredTask]
  /// Why sessions take no tasks.
  let sessions: [TextKey: RPCError]
  let now: PostgresTimestamp
  /// The schedule that submits them; empty for none.
  let schedule: String
  /// A task that is completed in the same write; empty for none.
  let completed: String

  private(set) var outcomes: [TextKey: Result<Outcome, RPCError>] = [:]
  /// Those that make way.
  private(set) var replaced: [StoredTask] = []
  private var keys: Set<UniqueKey> = []
  private let holders: [UniqueKey: StoredTask]

  init(
    locked: [TextKey: StoredTask], sessions: [TextKey: RPCError], now: PostgresTimestamp, schedule: String,
    completed: String
  ) {
    self.locked = locked
    self.sessions = sessions
    self.now = now
    self.schedule = schedule
    self.completed = completed
    var holders: [UniqueKey: StoredTask] = [:]
    for stored in locked.values where !stored.state.isFinal && !stored.id.hasSameBytes(as: completed) {
      if let key = UniqueKey(stored.task) { holders[key] = stored }
    }
    self.holders = holders
  }

  /// - Parameter task: One that comes after all those of its request that it waits for.
  mutating func decide(_ task: NamedTask) {
    do throws(RPCError) {
      outcomes[TextKey(task.id)] = .success(try outcome(of: task))
    } catch { outcomes[TextKey(task.id)] = .failure(error) }
  }

  private mutating func outcome(of task: NamedTask) throws(RPCError) -> Outcome {
    let draft = task.draft
    if locked[TextKey(task.id)] != nil { throw .taskExists(task.id) }
    if let refusal = sessions[TextKey(draft.task.session)] { throw refusal }
    if let time = draft.notBefore, time > now.microseconds + Self.longestWait {
      var violations = Violations()
      violations.add("must be at most 3,650 days from now", at: "task.not_before")
      try violations.check()
    }
    if let key = UniqueKey(draft.task) {
      guard keys.insert(key).inserted else { throw .duplicateInBatch("unique key", id: key.key.text) }
      if let holder = holders[key] {
        switch draft.task.uniquePolicy {
        case .returnExisting: return .existing(holder.task)
        case .replace where !holder.state.isHeld:
          let submission = try submission(of: task)
          replaced.append(holder)
          return .stored(submission)
        default: throw .taskKeyInUse(by: holder.id, key: key.key.text)
        }
      }
    }
    return .stored(try submission(of: task))
  }

  private func submission(of task: NamedTask) throws(RPCError) -> Submission {
    var submission = Submission(id: task.id, draft: task.draft, schedule: schedule)
    var failed: String?
    for dependency in task.draft.dependencies {
      let (id, state) = try standing(of: dependency.task)
      switch state {
      case .completed: break
      case .failed, .cancelled: if !dependency.proceeds { failed = failed ?? id }
      default: submission.blockers.append(.init(task: id, proceeds: dependency.proceeds))
      }
    }
    if let failed {
      var failure = TaskFailure()
      failure.reason = FailureReason.dependency
      failure.message = "task \(failed.quoted) failed or was cancelled"
      failure.time = WellKnown.Timestamp(now)
      failure.isFinal = true
      submission.failure = failure
      submission.state = .failed
      submission.blockers = []
    } else if !submission.blockers.isEmpty {
      submission.state = .blocked
    } else if let time = task.draft.notBefore, time > now.microseconds {
      submission.state = .delayed
    }
    return submission
  }

  /// The task that another one waits for, and where it stands. Throws TASK_NOT_FOUND.
  private func standing(of id: String) throws(RPCError) -> (id: String, state: TaskState) {
    if id.hasSameBytes(as: completed) { return (id, .completed) }
    if let own = outcomes[TextKey(id)] {
      guard case .success(let outcome) = own else { throw .taskNotFound(id) }
      let task = outcome.planned
      return (task.id, task.state)
    }
    guard let stored = locked[TextKey(id)] else { throw .taskNotFound(id) }
    return (id, replaced.contains { $0.id.hasSameBytes(as: id) } ? .cancelled : stored.state)
  }

  /// Microseconds: 3,650 days.
  private static let longestWait: Int64 = 315_360_000_000_000
}

/// What at most one task that has not ended has.
struct UniqueKey: Hashable, Sendable {
  let type: TextKey
  let key: TextKey

  /// Nil for a task without one.
  init?(_ task: CairnTask) {
    if task.uniqueKey.isEmpty { return nil }
    (type, key) = (TextKey(task.type), TextKey(task.uniqueKey))
  }
}

extension RPCError {
  static func taskKeyInUse(by id: String, key: String) -> RPCError {
    RPCError(
      .alreadyExists, .taskKeyInUse, about: .task(id),
      "task \(id.quoted) has the unique key \(key.quoted) and has not ended", ["id": id, "unique_key": key])
  }

  /// - Parameter ids: Each waits for the next one, the last one for the first.
  fileprivate static func dependencyCycle(_ ids: [String]) -> RPCError {
    // Errors travel in headers.
    let shown: [String] = ids.count > 10 ? Array(ids[..<10]) + ["…"] : ids + ids[..<min(1, ids.count)]
    let cycle = shown.map { $0.cut(to: 100) }.joined(separator: " → ")
    return RPCError(
      .invalidArgument, .taskDependencyCycle, "tasks of this request wait for each other: \(cycle)",
      ["cycle": cycle])
  }
}
