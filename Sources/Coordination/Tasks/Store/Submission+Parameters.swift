import CairnAPI
import Postgres

extension Submission {
  /// Between the texts of a list: a control character, which none of them has.
  private static let separator = "\u{2}"

  /// What `{given_tasks}` takes.
  static let parameters: [Parameter<[Submission]>] = [
    .init("ids") { $0.map(\.id) },
    .init("types") { $0.map(\.draft.task.type) },
    .init("queues") { $0.map(\.draft.task.queue) },
    .init("classes") { $0.map { Int16(truncatingIfNeeded: $0.draft.task.taskClass.rawValue) } },
    .init("priorities") { $0.map(\.draft.task.priority) },
    .init("sessions") { $0.map { $0.draft.task.session.ifAny } },
    .init("schedules") { $0.map(\.schedule.ifAny) },
    .init("required") { $0.map { $0.draft.lane.required.joined(separator: separator) } },
    .init("preferred") { $0.map { $0.draft.lane.preferred.joined(separator: separator) } },
    .init("estimates") { $0.map(\.draft.estimate) },
    .init("timeouts") { $0.map(\.draft.timeout) },
    .init("retentions") { $0.map(\.draft.retention) },
    .init("deadlines") { $0.map { PostgresTimestamp($0.draft.deadline) } },
    .init("unique_keys") { $0.map { $0.draft.task.uniqueKey.ifAny } },
    .init("concurrency_keys") { $0.map(\.draft.lane.concurrencyKey) },
    .init("concurrency_limits") { $0.map(\.draft.lane.concurrencyLimit) },
    .init("fairness_keys") { $0.map(\.draft.task.fairnessKey) },
    .init("fairness_weights") { $0.map(\.draft.task.fairnessWeight) },
    .init("max_attempts") { $0.map(\.draft.retry.maxAttempts) },
    .init("retries") { $0.map { $0.draft.retry.policy.serializedBytes() } },
    .init("lanes") { $0.map(\.draft.lane.key) },
    .init("bodies") { $0.map(\.draft.body) },
    .init("states") { $0.map { Int16(truncatingIfNeeded: $0.state.rawValue) } },
    .init("blocked_by") { $0.map { Int32(clamping: $0.blockers.count) } },
    .init("next_times") { $0.map { PostgresTimestamp($0.nextTime) } },
    .init("task_failures") { $0.map { $0.failure?.serializedBytes() } },
  ]

  /// The rows of `task_dependency`.
  static let dependencyParameters: [Parameter<[Submission]>] = [
    .init("waiting") { $0.flatMap { task in task.blockers.map { _ in task.id } } },
    .init("awaited") { $0.flatMap { $0.blockers.map(\.task) } },
    .init("proceeding") { $0.flatMap { $0.blockers.map(\.proceeds) } },
  ]
}

extension String {
  /// Nil, which is NULL, for nothing.
  var ifAny: String? { isEmpty ? nil : self }
}
