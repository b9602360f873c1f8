import CairnAPI
import Commits
import GRPC
import Journal
import Requests
import Wire

/// A completion with what is written with it.
struct ComposedCompletion: Sendable {
  let completion: TaskCompletion
  /// Nil for none.
  let writes: Batch<CommitDraft>?
  let followUps: Batch<NamedTask>?

  /// - Parameter request: Its own fields are added to the violations; what is wrong with the items of its lists is thrown.
  init(validating request: CompleteTaskRequest, _ violations: inout Violations) throws(RPCError) {
    completion = TaskCompletion(validating: request, &violations)
    if request.followUpTasks.count > Limits.followUps {
      violations.add(
        "must have at most \(Limits.followUps) entries, not \(request.followUpTasks.count)",
        at: "follow_up_tasks")
    }
    try violations.check()
    var commit = CommitRequest()
    commit.writes = request.writes
    writes = commit.writes.isEmpty ? nil : try Batch<CommitDraft>(validating: commit)
    followUps =
      request.followUpTasks.isEmpty
      ? nil
      : try Batch<TaskDraft>(
        validating: request.followUpTasks, at: "follow_up_tasks", of: "task", atomic: true, requestID: "",
        key: { $0.id.isEmpty ? nil : $0.id }
      ) { item, violations in
        violations.leftToBatch(item)
        return TaskDraft(validating: item.task, at: "task", &violations)
      }.map { NamedTask($0) }
  }

  /// Bytes of a request that checking takes time for.
  static func bytes(of request: CompleteTaskRequest) -> Int {
    TaskResult.bytes(of: request.result) + request.writes.itemsToCheck * (Limits.quickBytes / 4)
      + request.followUpTasks.reduce(0) { $0 + TaskDraft.bytes(of: $1.task) }
  }
}

extension Limits {
  /// Tasks that are submitted with a completion.
  static let followUps = 100
}

extension TaskStore {
  /// Completes a task, with other writes and tasks where there are some, in one write of two round trips.
  func complete(
    _ composed: ComposedCompletion, by holder: TaskHolder, in scope: CallScope
  ) async throws(RPCError) -> CompleteTaskResponse {
    let result = composed.completion.result
    let writing = TaskWriting(store: store)
    let own = ending(Batch(holder), id: \.task, writing, in: scope) { holder, task throws(RPCError) in
      try task.check(holder, "completed")
      return try task.completed(result)
    }
    let part = own.and(commit(composed.writes, in: scope)).and(
      try followUp(composed.followUps, of: holder.task, in: scope))
    let written = try await commits.repeating { () throws(RPCError) in
      try await repeatingSubmission { () throws(RPCError) in
        try await writing.repeating { () throws(RPCError) in try await journal.write(part, in: scope) }
      }
    }
    switch written {
    case .written(let write):
      let ((own, commit), submitted) = write.value
      writing.tell(own, in: scope.project)
      if let submitted { tell(submitted, in: scope.project) }
      if let commit, write.stamp != nil { await commits.finish(commit, in: scope) }
      return try CompleteTaskResponse(
        TaskResults(own.value, write.stamp, scope),
        try commit.flatMap { commit throws(RPCError) in
          try composed.writes.map { writes throws(RPCError) in try commit.results(of: writes, write.stamp) }
        } ?? [],
        submitted.map { TaskResults($0.outcomes, write.stamp, scope) })
    case .repeated(let stored):
      let (first, submitted) = try stored.divided()
      guard let (own, commit) = try first?.divided(), let own else {
        throw RPCError(.internal, .internal, "the stored answer to this request has a gap")
      }
      var results: [CommitResult] = []
      if let commit, let writes = composed.writes {
        results = try await commits.repeated(commit, writes, in: scope).results(of: writes, nil)
      }
      return try CompleteTaskResponse(
        try TaskResults(own), results,
        try submitted.map { answer throws(RPCError) in try TaskResults(answer) })
    }
  }

  private func commit(
    _ writes: Batch<CommitDraft>?, in scope: CallScope
  ) -> WritePart<WrittenCommit?> {
    guard let writes else { return WritePart { _ throws(RPCError) in WritePlan(nil) } }
    return commits.part(writes, in: scope).map { written throws(RPCError) -> WrittenCommit? in written }
  }

  private func followUp(
    _ tasks: Batch<NamedTask>?, of task: String, in scope: CallScope
  ) throws(RPCError) -> WritePart<SubmittedTasks?> {
    guard let tasks else { return WritePart { _ throws(RPCError) in WritePlan(nil) } }
    return try submission(of: tasks, completing: task, in: scope).map {
      submitted throws(RPCError) -> SubmittedTasks? in submitted
    }
  }
}

extension CompleteTaskResponse: JournalAnswer {}

extension CompleteTaskResponse {
  fileprivate init(
    _ own: TaskResults, _ results: [CommitResult], _ followUps: TaskResults?
  ) throws(RPCError) {
    self.init()
    task = try own.results[0].get()
    position = own.position
    self.results = results
    for result in followUps?.results ?? [] { followUpTasks.append(try result.get()) }
  }
}
