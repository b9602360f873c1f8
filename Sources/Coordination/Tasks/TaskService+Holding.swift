import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// What those who hold tasks say of them.
extension TaskService {
  package func startTask(
    _ request: StartTaskRequest, _ call: CallContext
  ) async throws(RPCError) -> CairnTask {
    let (given, scope) = try await journal.accept(request, call) { $1.holder(of: $0) }
    let holder = try given.completed(by: scope)
    return try await store.change(holder.task, in: scope) { task throws(RPCError) in
      try task.check(holder, "begun")
      return try task.started()
    }
  }

  package func reportProgress(
    _ request: ReportProgressRequest, _ call: CallContext
  ) async throws(RPCError) -> CairnTask {
    let ((given, progress), scope) = try await journal.accept(request, call) { request, violations in
      let holder = violations.holder(of: request)
      violations.entries(request.lines, at: "lines", atMost: Limits.loggedLines) {
        $0.text($2, at: $1, atMost: Limits.loggedLineLength)
      }
      return (holder, violations.progress(request.progress, at: "progress"))
    }
    let holder = try given.completed(by: scope)
    return try await store.change(holder.task, in: scope) { task throws(RPCError) in
      try task.check(holder, "worked on")
      return try task.progressed(progress, lines: request.lines)
    }
  }

  package func failTask(_ request: FailTaskRequest, _ call: CallContext) async throws(RPCError) -> CairnTask {
    let (given, scope) = try await journal.accept(request, call) { request, violations in
      violations.optionalIdentifier(request.reason, at: "reason")
      _ = violations.taskMessage(request.message, at: "message")
      return violations.holder(of: request)
    }
    // One for all attempts at the write.
    let chance = Double.random(in: 0...1)
    return try await end(try given.completed(by: scope), "failed", in: scope) { task throws(RPCError) in
      try task.failed(request.reason, request.message, isFinal: request.isFinal, chance: chance)
    }
  }

  package func releaseTask(
    _ request: ReleaseTaskRequest, _ call: CallContext
  ) async throws(RPCError) -> CairnTask {
    let (given, scope) = try await journal.accept(request, call) { request, violations in
      _ = violations.taskMessage(request.reason, at: "reason")
      return violations.holder(of: request)
    }
    return try await end(try given.completed(by: scope), "released", in: scope) { task throws(RPCError) in
      try task.released(because: request.reason)
    }
  }

  private func end(
    _ holder: TaskHolder, _ wish: String, in scope: CallScope,
    decide: @escaping (StoredTask) throws(RPCError) -> TaskChange
  ) async throws(RPCError) -> CairnTask {
    try await store.end(Batch(holder), id: \.task, in: scope) { holder, task throws(RPCError) in
      try task.check(holder, wish)
      return try decide(task)
    }.results[0].get()
  }

  package func completeTasks(
    _ request: CompleteTasksRequest, _ call: CallContext
  ) async throws(RPCError) -> CompleteTasksResponse {
    let bytes = request.requests.reduce(0) { $0 + TaskResult.bytes(of: $1.result) }
    let (batch, key) = try await blocking.work(on: bytes, for: call) { _ throws(RPCError) in
      let batch = try Batch<TaskCompletion>(validating: request, of: "task", key: { $0.holder.task }) {
        item, violations in
        if !item.writes.isEmpty { violations.add("must be empty inside a batch", at: "writes") }
        if !item.followUpTasks.isEmpty {
          violations.add("must be empty inside a batch", at: "follow_up_tasks")
        }
        return TaskCompletion(validating: item, &violations)
      }
      return (batch, request.requestKey)
    }
    let scope = try await journal.scope(of: request, key: key, call)
    let results = try await store.end(batch, id: { $0.holder.task }, in: scope) {
      item, task throws(RPCError) in
      try task.check(try item.holder.completed(by: scope), "completed")
      return try task.completed(item.result)
    }
    var response = CompleteTasksResponse()
    (response.results, response.position) = (results.outcomes, results.position)
    return try await journal.naming(response)
  }
}

extension CompleteTasksResponse: JournalAnswer {}

extension TaskService {
  package func completeTask(
    _ request: CompleteTaskRequest, _ call: CallContext
  ) async throws(RPCError) -> CompleteTaskResponse {
    let (composed, key) = try await blocking.work(on: ComposedCompletion.bytes(of: request), for: call) {
      _ throws(RPCError) in
      var violations = Violations()
      violations.requestID(request.requestId)
      return (try ComposedCompletion(validating: request, &violations), request.requestKey)
    }
    var scope = try await journal.scope(of: request, key: key, call)
    let holder = try composed.completion.holder.completed(by: scope)
    // What is written with it is written as part of it.
    scope.task = scope.task ?? holder.task
    return try await journal.naming(try await store.complete(composed, by: holder, in: scope))
  }
}
