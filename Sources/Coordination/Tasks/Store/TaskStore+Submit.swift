import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Sessions
import Wire

/// What tasks that were submitted together have become.
struct SubmittedTasks {
  /// In outline, before the write had drawn its position.
  let outcomes: [Result<CairnTask, RPCError>]
  fileprivate(set) var isReady = false
  /// When the first of them comes due; microseconds since 1970.
  fileprivate(set) var nextDue: Int64?
  /// Nil when nothing was written, or it was taken back.
  fileprivate(set) var stamp: Stamp?
}

extension TaskStore {
  /// Submits a task: one round trip where nothing that is stored decides about it, else two.
  func submit(_ draft: TaskDraft, in scope: CallScope) async throws(RPCError) -> CairnTask {
    // The answer of a create is kept where nothing but a repetition can refuse it.
    let mayKeep = draft.id.isEmpty && draft.task.session.isEmpty && scope.lease == nil
    if draft.isPlain, scope.request == nil || mayKeep { return try await create(draft, in: scope) }
    return try await submit(Batch(draft), in: scope).results[0].get()
  }

  /// Submits tasks in one write of two round trips. Throws TASK_DEPENDENCY_CYCLE.
  func submit(_ batch: Batch<TaskDraft>, in scope: CallScope) async throws(RPCError) -> TaskResults {
    let batch = batch.map { NamedTask($0) }
    let part = try submission(of: batch, in: scope)
    let written = try await repeatingSubmission { () throws(RPCError) in
      try await journal.write(part, in: scope)
    }
    switch written {
    case .repeated(let answer): return try TaskResults(answer)
    case .written(let write):
      tell(write.value, in: scope.project)
      return TaskResults(write.value.outcomes, write.value.stamp, scope)
    }
  }

  /// Runs a write with a ``submission(of:schedule:completing:in:)`` again when another one used its ids or unique keys meanwhile.
  func repeatingSubmission<Value>(
    _ write: () async throws(RPCError) -> Value
  ) async throws(RPCError) -> Value {
    try await afterLostRaces(over: "task_pkey", refusal: "others keep using ids of this request") {
      () throws(RPCError) in
      try await afterLostRaces(
        over: "task_by_unique_key", refusal: "others keep using unique keys of this request", write)
    }
  }

  /// A part of a write that submits tasks. Whoever writes it runs it with ``repeatingSubmission(_:)``, and calls ``tell(_:in:)``
  /// after it.
  ///
  /// - Parameters:
  ///   - schedule: That submits them; empty for none.
  ///   - completed: A task that is completed in the same write; empty for none.
  /// - Throws: TASK_DEPENDENCY_CYCLE.
  func submission(
    of batch: Batch<NamedTask>, schedule: String = "", completing completed: String = "", in scope: CallScope
  ) throws(RPCError) -> WritePart<SubmittedTasks> {
    let tasks = batch.valid
    let order = try DependencyOrder.order(tasks)
    let project = scope.project
    let sessions = Set(of: tasks.map(\.draft.task.session).filter { !$0.isEmpty }).sortedTexts
    var looks = [SubmissionQueries.lock.bind((project, tasks)), SubmissionQueries.now.bind()]
    if !sessions.isEmpty { looks.append(SessionStandings.look(sessions, in: project)) }
    let lock = WriteLock(.task, rows: tasks.lockedIDs, looks)
    let writing = TaskWriting(store: store)
    return WritePart(locking: tasks.isEmpty ? [] : [lock]) { locked throws(RPCError) in
      if tasks.isEmpty {
        return WritePlan(SubmittedTasks(outcomes: try batch.decided { _ in .success(.init()) }))
      }
      var decision = try database { () throws(PostgresError) in
        SubmissionBatch(
          locked: try TaskWriting.byID(try SubmissionQueries.lock.results(locked.rows[0])),
          sessions: sessions.isEmpty ? [:] : try SessionStandings.refusals(of: sessions, locked.rows[2]),
          now: try SubmissionQueries.now.results(locked.rows[1]).value(), schedule: schedule,
          completed: completed)
      }
      for place in order { decision.decide(tasks[place]) }
      let decided = try batch.decided { task in
        decision.outcomes[TextKey(task.id)] ?? .failure(.taskNotFound(task.id))
      }
      return try plan(decided, replacing: decision.replaced, writing, in: scope)
    }
  }

  private func plan(
    _ decided: [Result<SubmissionBatch.Outcome, RPCError>], replacing replaced: [StoredTask],
    _ writing: TaskWriting, in scope: CallScope
  ) throws(RPCError) -> WritePlan<SubmittedTasks> {
    let submissions = decided.successes().compactMap { outcome in
      if case .stored(let submission) = outcome { submission } else { nil }
    }
    var statements: [BoundStatement] = []
    if !replaced.isEmpty {
      var changes: [TaskChange] = []
      for task in replaced {
        var change = try task.cancelled(because: "another task took its unique key")
        // Those that wait for it are not locked here.
        change.lingers = true
        changes.append(change)
      }
      statements.append(ChangeQueries.change.bind((scope, try TaskChanges(changes))))
    }
    if submissions.contains(where: { !$0.draft.task.fairnessKey.isEmpty }) {
      statements.append(SubmissionQueries.openTurns.bind((scope.project, submissions)))
    }
    if !submissions.isEmpty { statements.append(SubmissionQueries.submit.bind((scope, submissions))) }
    var submitted = SubmittedTasks(
      outcomes: decided.map { outcome in
        outcome.map { $0.planned(isKept: scope.effect == .kept) }
      })
    submitted.isReady = submissions.contains { $0.state == .queued }
    submitted.nextDue = (submissions.compactMap(\.due) + replaced.map(\.now.microseconds)).min()
    let result = submitted
    return WritePlan(statements: statements, changes: [], answer: { TaskResults.bytes(of: result.outcomes) })
    {
      written in
      var submitted = result
      submitted.stamp = written.stamp
      return submitted
    }
  }

  /// What a submission says to those who wait on this server, once it has committed.
  func tell(_ submitted: SubmittedTasks, in project: ProjectID) {
    guard let stamp = submitted.stamp else { return }
    if submitted.isReady { store.wakes.ring(.dispatch(project)) }
    if let due = submitted.nextDue { store.dues.note(project, due: due, after: stamp.at) }
  }
}

extension Submission {
  /// When it is to be looked at first, in microseconds since 1970: it may begin, or is too late.
  var due: Int64? {
    let look = draft.deadline.map { $0 - draft.estimate }
    return [state == .delayed ? nextTime : nil, state.isFinal ? nil : look].compactMap { $0 }.min()
  }
}

extension DueClock {
  /// - Parameters:
  ///   - due: Microseconds since 1970, by the database's clock.
  ///   - now: By the same.
  func note(_ project: ProjectID, due: Int64, after now: PostgresTimestamp) {
    let (wait, overflow) = due.subtractingReportingOverflow(now.microseconds)
    // What comes later is found by the sweep before that.
    guard !overflow, wait < 60_000_000 else { return }
    note(project, in: .microseconds(wait))
  }
}
