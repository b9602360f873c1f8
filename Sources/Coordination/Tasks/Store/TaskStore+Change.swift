import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension TaskStore {
  /// Changes a task whose attempt goes on: two round trips.
  ///
  /// - Parameter decide: Nil when there is nothing to change. Pure.
  func change(
    _ id: String, in scope: CallScope,
    decide: @escaping (StoredTask) throws(RPCError) -> TaskChange?
  ) async throws(RPCError) -> CairnTask {
    let writing = TaskWriting(store: store)
    let part = writing.changing([id], in: scope, answer: Self.answer) { locked throws(RPCError) in
      guard let task = locked[id] else { throw .taskNotFound(id) }
      guard let change = try decide(task) else { return ([], [.success(task.task)]) }
      return ([change], [.success(change.planned)])
    }
    let written = try await journal.write(part, in: scope)
    return try results(of: written, writing, in: scope).results[0].get()
  }

  /// Changes tasks whose attempts may end, or which may end themselves: two round trips for all.
  ///
  /// - Parameters:
  ///   - id: Of the task that an item is about. No two items are about the same.
  ///   - decide: Pure; may be asked again.
  func end<Item>(
    _ batch: Batch<Item>, id: @escaping (Item) -> String, in scope: CallScope,
    decide: @escaping (Item, StoredTask) throws(RPCError) -> TaskChange
  ) async throws(RPCError) -> TaskResults {
    let writing = TaskWriting(store: store)
    let part = ending(batch, id: id, writing, in: scope, decide: decide)
    let written = try await writing.repeating { () throws(RPCError) in
      try await journal.write(part, in: scope)
    }
    return try results(of: written, writing, in: scope)
  }

  /// The same as a part of a write.
  func ending<Item>(
    _ batch: Batch<Item>, id: @escaping (Item) -> String, _ writing: TaskWriting, in scope: CallScope,
    decide: @escaping (Item, StoredTask) throws(RPCError) -> TaskChange
  ) -> WritePart<TaskWriting.Written<[Result<CairnTask, RPCError>]>> {
    writing.ending(batch.valid.map(id), in: scope, answer: Self.answer) { locked throws(RPCError) in
      let decided: [Result<TaskChange, RPCError>] = try batch.decided { item in
        guard let task = locked[id(item)] else { return .failure(.taskNotFound(id(item))) }
        do throws(RPCError) { return .success(try decide(item, task)) } catch { return .failure(error) }
      }
      return (decided.successes(), decided.map { $0.map(\.planned) })
    }
  }

  private static func answer(_ outcomes: [Result<CairnTask, RPCError>]) -> [UInt8] {
    TaskResults.bytes(of: outcomes)
  }

  private func results(
    of written: WriteResult<PlannedWrite<TaskWriting.Written<[Result<CairnTask, RPCError>]>>>,
    _ writing: TaskWriting, in scope: CallScope
  ) throws(RPCError) -> TaskResults {
    switch written {
    case .repeated(let answer): return try TaskResults(answer)
    case .written(let write):
      writing.tell(write.value, in: scope.project)
      return TaskResults(write.value.value, write.value.stamp, scope)
    }
  }
}

extension TaskStore {
  /// Has a task done after all, or sooner. TASK_KEY_IN_USE when another one has its unique key by now.
  func retry(_ id: String, in scope: CallScope) async throws(RPCError) -> CairnTask {
    do throws(RPCError) {
      return try await change(id, in: scope) { task throws(RPCError) in try task.retried() }
    } catch {
      guard error.particular("constraint") == "task_by_unique_key" else { throw error }
      throw try await keyInUse(by: id, in: scope.project) ?? error
    }
  }

  private func keyInUse(by id: String, in project: ProjectID) async throws(RPCError) -> RPCError? {
    try await database { () async throws(PostgresError) in
      let found = try await pool.read(ChangeQueries.rivals, (project, id))
      return try found.rows.first.map { row throws(PostgresError) in
        .taskKeyInUse(by: try row.decode(found.columns.id), key: try row.decode(found.columns.key))
      }
    }
  }
}
