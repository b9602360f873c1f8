import CairnAPI
import GRPC
import Wire

/// What a write makes of tasks, with what follows for those that wait for them. Pure.
struct TaskChanges: Sendable {
  private(set) var changes: [TaskChange] = []
  /// Those that have been told of an end: who waited for whom.
  private(set) var told: [(task: String, of: String)] = []

  /// How many tasks that wait are told at once of the ends that they wait for.
  static let toldAtOnce = 1_000

  /// - Parameters:
  ///   - changes: Of different tasks.
  ///   - waiting: Those that wait for tasks that end, ordered; one more than ``toldAtOnce`` when there are more.
  ///   - locked: All that are locked, by their ids.
  init(
    _ changes: [TaskChange], waiting: [WaitingTask] = [], locked: [TextKey: StoredTask] = [:]
  ) throws(RPCError) {
    self.changes = changes
    var ends: [TextKey: Int] = [:]
    for (place, change) in changes.enumerated() where change.state.isFinal {
      ends[TextKey(change.before.id)] = place
    }
    var own: [TextKey: TaskState] = [:]
    for change in changes { own[TextKey(change.before.id)] = change.state }
    var order: [TextKey] = []
    var causes: [TextKey: [WaitingTask]] = [:]
    for (place, one) in waiting.enumerated() {
      let key = TextKey(one.task)
      // Whose own end is part of the write waits for nothing more.
      guard let end = ends[TextKey(one.onTask)], own[key] == nil || own[key] == .blocked else { continue }
      guard place < Self.toldAtOnce, own[key] == nil, let stored = locked[key], stored.state == .blocked
      else {
        self.changes[end].lingers = true
        continue
      }
      if causes[key] == nil { order.append(key) }
      causes[key, default: []].append(one)
    }
    for key in order {
      guard let stored = locked[key], let waits = causes[key] else { continue }
      let failed = waits.first { one in
        !one.proceeds && ends[TextKey(one.onTask)].map { changes[$0].state != .completed } ?? false
      }
      var change = try stored.freed(of: waits.count, failed: failed?.onTask)
      change.lingers = change.state.isFinal && waits.contains(where: \.isAwaited)
      self.changes.append(change)
      told += waits.map { ($0.task, $0.onTask) }
    }
  }

  var isEmpty: Bool { changes.isEmpty }
  var events: [CoordinationEvent] { changes.flatMap(\.events) }
  /// Whether tasks may be given out that could not be before, or an agent has room.
  var callsForDispatch: Bool { changes.contains { $0.state == .queued || $0.attemptEnd != .none } }
  /// Whether somebody is still to be told of an end.
  var linger: Bool { changes.contains(where: \.lingers) }
  /// The agents whose attempts were ended otherwise than by completion.
  var agentsToTell: Set<TextKey> {
    Set(changes.filter { $0.attemptEnd != .none }.map { TextKey($0.before.task.agent) })
  }
  /// When the first of them comes due; microseconds since 1970.
  var nextDue: Int64? { changes.compactMap { $0.state == .delayed ? $0.nextTime : nil }.min() }
}
