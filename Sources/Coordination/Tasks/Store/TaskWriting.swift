import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

/// How tasks are changed in a write: what is locked, in which order, and what is written.
struct TaskWriting: Sendable {
  let store: CoordinationStore

  /// The tasks that a write has locked.
  struct Locked {
    let tasks: [TextKey: StoredTask]
    fileprivate let waiting: [WaitingTask]

    subscript(id: String) -> StoredTask? { tasks[TextKey(id)] }
  }

  /// What a write has made of tasks.
  struct Written<Value> {
    let value: Value
    let changes: TaskChanges
    /// Nil when nothing was written, or it was taken back.
    let stamp: Stamp?
  }

  /// Changes tasks whose attempts go on, and which do not end.
  ///
  /// - Parameter decide: Pure; may be asked again.
  func changing<Value>(
    _ ids: [String], in scope: CallScope, answer: ((Value) -> [UInt8])? = nil,
    decide: @escaping (Locked) throws(RPCError) -> ([TaskChange], Value)
  ) -> WritePart<Written<Value>> {
    let lock = WriteLock(.task, rows: ids, [ChangeQueries.lock.bind((scope.project, ids))])
    return WritePart(locking: ids.isEmpty ? [] : [lock]) { rows throws(RPCError) in
      let locked = try database { () throws(PostgresError) in
        let found = try rows.rows.first.map { rows throws(PostgresError) in
          try ChangeQueries.lock.results(rows)
        }
        return Locked(tasks: try Self.byID(found), waiting: [])
      }
      let (changes, value) = try decide(locked)
      return plan(try TaskChanges(changes), value, answer, in: scope)
    }
  }

  /// Changes tasks whose attempts may end, or which may end themselves: with their leases, the agents that hold them, and those
  /// that wait for them.
  ///
  /// - Parameter decide: Pure; may be asked again.
  func ending<Value>(
    _ ids: [String], in scope: CallScope, answer: ((Value) -> [UInt8])? = nil,
    decide: @escaping (Locked) throws(RPCError) -> ([TaskChange], Value)
  ) -> WritePart<Written<Value>> {
    let input: ChangeQueries.TaskIDs = (scope.project, ids)
    let locks = [
      WriteLock(.lease, [ChangeQueries.lockLeases.bind(input)]),
      WriteLock(
        .task, rows: ids, [ChangeQueries.lockEnding.bind(input), ChangeQueries.waiting.bind(input)]),
      WriteLock(.agent, [ChangeQueries.lockAgents.bind(input)]),
    ]
    return WritePart(locking: ids.isEmpty ? [] : locks) { rows throws(RPCError) in
      var locked = Locked(tasks: [:], waiting: [])
      var leases: Set<TextKey> = []
      if !ids.isEmpty {
        (locked, leases) = try database { () throws(PostgresError) in
          (
            Locked(
              tasks: try Self.byID(try ChangeQueries.lockEnding.results(rows.rows[1])),
              waiting: try ChangeQueries.waiting.results(rows.rows[2]).decoded()),
            Set(of: try ChangeQueries.lockLeases.results(rows.rows[0]).values())
          )
        }
      }
      let (changes, value) = try decide(locked)
      // Given out between the two locks: whoever writes under the new lease must be kept out first.
      if changes.contains(where: { $0.attemptEnd != .none && !leases.contains($0.before.id) }) {
        throw .leaseOvertaken
      }
      return plan(
        try TaskChanges(changes, waiting: locked.waiting, locked: locked.tasks), value, answer, in: scope)
    }
  }

  /// Runs a write with such parts again when a task was given out at the wrong moment.
  func repeating<Value>(_ write: () async throws(RPCError) -> Value) async throws(RPCError) -> Value {
    try await afterLostRaces(
      over: RPCError.overtakenLease, refusal: "tasks of this request are given out again and again", write)
  }

  /// What a write says to those who wait on this server, once it has committed.
  func tell<Value>(_ written: Written<Value>, in project: ProjectID) {
    guard let stamp = written.stamp, !written.changes.isEmpty else { return }
    if written.changes.callsForDispatch { store.wakes.ring(.dispatch(project)) }
    for agent in written.changes.agentsToTell { store.wakes.ring(.agent(project, agent)) }
    if written.changes.linger {
      store.dues.note(project, in: .zero)
    } else if let due = written.changes.nextDue {
      store.dues.note(project, due: due, after: stamp.at)
    }
  }

  func plan<Value>(
    _ changes: TaskChanges, _ value: Value, _ answer: ((Value) -> [UInt8])?, in scope: CallScope
  ) -> WritePlan<Written<Value>> {
    WritePlan(
      statements: changes.isEmpty ? [] : [ChangeQueries.change.bind((scope, changes))], changes: [],
      answer: answer.map { answer in { answer(value) } }
    ) { written in
      Written(value: value, changes: changes, stamp: written.stamp)
    }
  }

  static func byID(_ results: Results<StoredTask.Columns>?) throws(PostgresError) -> [TextKey: StoredTask] {
    var tasks: [TextKey: StoredTask] = [:]
    guard let results else { return tasks }
    for task in try results.decoded(as: StoredTask.self) { tasks[TextKey(task.id)] = task }
    return tasks
  }
}

extension RPCError {
  fileprivate static let overtakenLease = "task_lease"

  /// Never seen by callers: the write is run again.
  fileprivate static var leaseOvertaken: RPCError {
    RPCError(.aborted, .contention, "the task is being given out", ["constraint": overtakenLease])
  }
}
