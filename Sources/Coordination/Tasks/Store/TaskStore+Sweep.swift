import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What happens to tasks by time alone. Each step is right whoever else does it at the same moment: it looks again at what it has
/// locked.
extension TaskStore {
  /// Tasks of one write.
  private static let sweptAtOnce = 200
  /// Tasks deleted by one statement.
  private static let purgedAtOnce = 500

  /// One round over all projects, in short transactions.
  ///
  /// - Parameter mayGoOn: Asked before each project.
  func sweep(while mayGoOn: () async -> Bool) async throws(RPCError) {
    let projects = try await database { () async throws(PostgresError) in
      try await pool.read(SweepQueries.projects, ()).values().compactMap { ProjectID($0) }
    }
    for project in projects {
      guard await mayGoOn() else { return }
      try await sweep(project)
      try await purge(project, while: mayGoOn)
    }
  }

  /// Does what is due in a project, and notes when the next comes due.
  func sweep(_ project: ProjectID) async throws(RPCError) {
    let scope = CallScope(project: project, principal: "cairn", operation: "cairn/SweepTasks")
    while try await begin(in: scope) == Self.sweptAtOnce {}
    while try await look(in: scope) == Self.sweptAtOnce {}
    try await database { () async throws(PostgresError) in
      let found = try await pool.lookup(SweepQueries.next, project)
      guard let row = found.rows.first, let due = try row.decode(found.columns.due) else { return }
      store.dues.note(project, due: due.microseconds, after: try row.decode(found.columns.now))
    }
  }

  /// Makes tasks ready whose time has come; returns how many were looked at.
  private func begin(in scope: CallScope) async throws(RPCError) -> Int {
    let ids = try await due(SweepQueries.due, in: scope.project)
    if ids.isEmpty { return 0 }
    let writing = TaskWriting(store: store)
    let part = writing.changing(ids, in: scope) { locked throws(RPCError) in
      var changes: [TaskChange] = []
      for task in locked.tasks.values.sorted(by: { $0.id < $1.id }) {
        if let change = try task.due() { changes.append(change) }
      }
      return (changes, ())
    }
    try finish(try await journal.write(part, in: scope), writing, in: scope)
    return ids.count
  }

  /// Fails tasks that cannot keep their deadline, and tells of ends; returns how many were looked at.
  private func look(in scope: CallScope) async throws(RPCError) -> Int {
    let ids = try await due(SweepQueries.looks, in: scope.project)
    if ids.isEmpty { return 0 }
    let writing = TaskWriting(store: store)
    let part = writing.ending(ids, in: scope) { locked throws(RPCError) in
      var changes: [TaskChange] = []
      for id in ids {
        guard let task = locked[id] else { continue }
        if let change = try task.late() {
          changes.append(change)
        } else {
          var change = TaskChange(task, to: task.state)
          change.look = task.deadlineLook
          changes.append(change)
        }
      }
      return (changes, ())
    }
    let written = try await writing.repeating { () throws(RPCError) in
      try await journal.write(part, in: scope)
    }
    try finish(written, writing, in: scope)
    return ids.count
  }

  private func due(
    _ query: Query<SweepQueries.Some, OneColumn<String>>, in project: ProjectID
  ) async throws(RPCError) -> [String] {
    try await database { () async throws(PostgresError) in
      try await pool.read(query, (project, Self.sweptAtOnce)).values()
    }
  }

  private func finish(
    _ written: WriteResult<PlannedWrite<TaskWriting.Written<Void>>>, _ writing: TaskWriting,
    in scope: CallScope
  ) throws(RPCError) {
    if case .written(let write) = written { writing.tell(write.value, in: scope.project) }
  }

  private func purge(
    _ project: ProjectID, while mayGoOn: () async -> Bool
  ) async throws(RPCError) {
    for query in [SweepQueries.purge, SweepQueries.purgeTurns] {
      var count = Self.purgedAtOnce
      while count == Self.purgedAtOnce, await mayGoOn() {
        count = try await database { () async throws(PostgresError) in
          try await pool.write(query, (project, Self.purgedAtOnce)).rows.affectedCount
        }
      }
    }
  }
}
