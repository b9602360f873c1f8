import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension TaskStore {
  /// Begins an effect, or tells of one that was done: two round trips.
  func record(
    _ key: String, by holder: TaskHolder, repeats: Bool, in scope: CallScope
  ) async throws(RPCError) -> RecordEffectResponse {
    let part = effect(key, by: holder, in: scope) { task, stored, total throws(RPCError) in
      let step = try EffectStep(over: stored, total: total, key: key, of: task.id, repeats: repeats)
      var response = RecordEffectResponse()
      if case .told(let stored) = step {
        response.standing = .finished
        response.effect = try TaskEffect(task.id, key, stored)
        return ([], response)
      }
      response.standing = step == .begin ? .begun : .repeated
      response.effect = TaskEffect(begun: key, by: task)
      let input = EffectQueries.Effect(project: scope.project, key: key, task: task, outcome: nil)
      return ([EffectQueries.begin.bind(input)], response)
    }
    var response = try await written(part, in: scope)
    if let time = response.stamp { response.answer.effect?.stamp(time) }
    return response.answer
  }

  /// Notes what an effect came to: two round trips.
  func finish(
    _ key: String, by holder: TaskHolder, _ outcome: TaskResult, in scope: CallScope
  ) async throws(RPCError) -> TaskEffect {
    let part = effect(key, by: holder, in: scope) { task, stored, total throws(RPCError) in
      if let stored, stored.endTime != nil { return ([], try TaskEffect(task.id, key, stored)) }
      if stored == nil { try EffectStep.check(total) }
      var effect = TaskEffect(begun: key, by: task)
      if let stored { effect.beginTime = WellKnown.Timestamp(stored.beginTime) }
      effect.endTime = .ofTheTaskWrite
      effect.outcome = outcome
      let input = EffectQueries.Effect(
        project: scope.project, key: key, task: task, outcome: outcome.serializedBytes())
      return ([EffectQueries.finish.bind(input)], effect)
    }
    var response = try await written(part, in: scope)
    if let time = response.stamp { response.answer.stamp(time) }
    return response.answer
  }

  private func effect<Answer: Message>(
    _ key: String, by holder: TaskHolder, in scope: CallScope,
    decide:
      @escaping (StoredTask, StoredEffect?, _ total: Int) throws(RPCError) -> ([BoundStatement], Answer)
  ) -> WritePart<Answer> {
    let project = scope.project
    let lock = WriteLock(
      .task, rows: [holder.task],
      [
        ChangeQueries.lock.bind((project, [holder.task])),
        EffectQueries.find.bind((project, holder.task, key)),
      ])
    return WritePart(locking: [lock]) { locked throws(RPCError) in
      let (task, effect, total) = try database { () throws(PostgresError) in
        let task = try ChangeQueries.lock.results(locked.rows[0]).first(as: StoredTask.self)
        let found = try EffectQueries.find.results(locked.rows[1])
        return (
          task, try StoredEffect(decoding: try found.rows.only(), found.columns),
          try found.rows.only().decode(found.columns.total)
        )
      }
      guard let task else { throw .taskNotFound(holder.task) }
      try task.check(holder, "worked on")
      let (statements, answer) = try decide(task, effect, total)
      return WritePlan(answer, statements: statements, answer: { answer.serializedBytes() })
    }
  }

  private func written<Answer: Message>(
    _ part: WritePart<Answer>, in scope: CallScope
  ) async throws(RPCError) -> (answer: Answer, stamp: PostgresTimestamp?) {
    switch try await journal.write(part, in: scope) {
    case .written(let write): (write.value, write.stamp?.at)
    case .repeated(let answer): (try answer.decoded(), answer.stamp.position == 0 ? nil : answer.stamp.at)
    }
  }
}

extension TaskEffect {
  /// One that begins with the write.
  fileprivate init(begun key: String, by task: StoredTask) {
    self.init()
    (self.task, self.key, attempt) = (task.id, key, task.task.attempt)
    beginTime = .ofTheTaskWrite
  }

  fileprivate mutating func stamp(_ at: PostgresTimestamp) {
    if beginTime == .ofTheTaskWrite { beginTime = WellKnown.Timestamp(at) }
    if endTime == .ofTheTaskWrite { endTime = WellKnown.Timestamp(at) }
  }
}

extension StoredEffect {
  /// Nil where there is none.
  fileprivate init?(decoding row: Row, _ columns: EffectQueries.FindColumns) throws(PostgresError) {
    guard let attempt = try row.decode(columns.attempt), let begun = try row.decode(columns.beginTime) else {
      return nil
    }
    self.init(
      attempt: attempt, beginTime: begun, endTime: try row.decode(columns.endTime),
      outcome: try row.decode(columns.outcome))
  }
}

/// The statements about effects, under the names of their files.
enum EffectQueries {
  static let all: [any CheckedStatement] = [find, begin, finish]

  static let find = Query<(project: ProjectID, task: String, key: String), FindColumns>(
    "find_effect", PackageResources.find_effect_sql,
    [.init("project") { $0.project.text }, .init("task") { $0.task }, .init("key") { $0.key }])
  static let begin = Query<Effect, NoColumns>("begin_effect", PackageResources.begin_effect_sql, effect)
  static let finish = Query<Effect, NoColumns>(
    "finish_effect", PackageResources.finish_effect_sql, effect + [.init("outcome") { $0.outcome }])

  struct Effect {
    let project: ProjectID
    let key: String
    let task: StoredTask
    let outcome: [UInt8]?
  }

  private static let effect: [Parameter<Effect>] = [
    .init("project") { $0.project.text },
    .init("task") { $0.task.id },
    .init("key") { $0.key },
    .init("attempt") { $0.task.task.attempt },
    .init("epoch") { $0.task.epoch },
  ]

  struct FindColumns: ColumnLayout {
    let attempt: Column<Int32?>
    let beginTime, endTime: Column<PostgresTimestamp?>
    let outcome: Column<[UInt8]?>
    /// Of all that the task has.
    let total: Column<Int>

    init(_ find: inout ColumnFinder) {
      attempt = find("attempt")
      beginTime = find("begin_time")
      endTime = find("end_time")
      outcome = find("outcome")
      total = find("total")
    }
  }
}
