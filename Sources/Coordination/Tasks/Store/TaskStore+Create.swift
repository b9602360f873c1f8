import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Sessions
import Wire

extension TaskStore {
  /// Stores a task that is ready at once: one statement. With an id made by the server it shares its commit with concurrent
  /// ones.
  ///
  /// - Parameter draft: A plain one. Of a named request: one that nothing can refuse.
  func create(_ draft: TaskDraft, in scope: CallScope) async throws(RPCError) -> CairnTask {
    let (key, keys) = LockKind.task.key(chosen: draft.id)
    let id = draft.id.isEmpty ? Self.newID(key) : key
    let task = Submission(id: id, draft: draft)
    let planned = task.planned
    let result = try await journal.create(
      in: scope, keys: keys, write: TaskQueries.create.bind((scope, task)),
      named: { TaskQueries.createNamed.bind(((scope, task), $0)) },
      found: TaskQueries.findCreated.bind((scope.project, id)), answer: { planned.serializedBytes() })
    switch result {
    case .repeated(let answer): return (try answer.decoded() as CairnTask).stamped(answer.stamp)
    case .written(let rows):
      let stamp: Stamp? = try database { () throws(PostgresError) in
        try TaskQueries.create.results(rows).first()
      }
      guard let stamp else { throw try await refusal(of: task, in: scope.project) }
      guard scope.effect == .kept else {
        return SubmissionBatch.Outcome.stored(task).planned(isKept: false).told
      }
      store.wakes.ring(.dispatch(scope.project))
      if let due = task.due { store.dues.note(scope.project, due: due, after: stamp.at) }
      return planned.stamped(stamp)
    }
  }

  /// - Parameter key: A UUID; a new one unless given.
  static func newID(_ key: String = UUID128.makeVersion7().description) -> String { "task-\(key)" }

  /// Why nothing was stored.
  private func refusal(of task: Submission, in project: ProjectID) async throws(RPCError) -> RPCError {
    let session = task.draft.task.session
    if session.isEmpty { return .taskExists(task.id) }
    let refusals = try await database { () async throws(PostgresError) in
      let look = SessionStandings.look([session], in: project)
      return try SessionStandings.refusals(
        of: [session], try await pool.read(look.statement, look.parameters))
    }
    return refusals[TextKey(session)] ?? .taskExists(task.id)
  }
}

extension RPCError {
  static func taskExists(_ id: String) -> RPCError {
    RPCError(.alreadyExists, .taskExists, about: .task(id), "a task \(id.quoted) exists already")
  }
}
