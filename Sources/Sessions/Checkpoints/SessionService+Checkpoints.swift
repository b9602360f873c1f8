import CairnAPI
import GRPC
import Journal
import Requests

extension SessionService {
  package func createCheckpoint(
    _ request: CreateCheckpointRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionCheckpoint {
    var (draft, scope) = try await journal.accept(request, call) { request, violations in
      violations.identifier(request.session, at: "session")
      violations.text(request.title, at: "title", atMost: Limits.titleLength)
      violations.optionalIdentifier(request.agent, at: "agent")
      return CheckpointDraft(
        kind: violations.checkpointKind(request.kind, at: "kind"), title: request.title)
    }
    draft.agent = scope.agent(named: request.agent)
    return try await checkpoints.create(draft, of: request.session, in: scope)
  }

  package func getCheckpoint(
    _ request: GetCheckpointRequest, _ call: CallContext
  ) async throws(RPCError) -> SessionCheckpoint {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    violations.identifier(request.id, at: "id")
    try violations.check()
    let project = try await journal.project(request.project, call)
    return try await checkpoints.checkpoint(request.id, of: request.session, in: project)
  }

  package func listCheckpoints(
    _ request: ListCheckpointsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListCheckpointsResponse {
    let project = try await journal.project(request.project, call)
    let list = try CheckpointList(
      validating: request, in: project.text, key: try await journal.tokenKey())
    // An empty list and no session are different answers.
    _ = try await store.session(list.session, in: project)
    return try await journal.naming(try await checkpoints.list(list, in: project))
  }

  package func restoreCheckpoint(
    _ request: RestoreCheckpointRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    let (_, scope) = try await journal.accept(request, call) {
      $1.identifier($0.session, at: "session")
      $1.identifier($0.id, at: "id")
      $1.optionalIdentifier($0.agent, at: "agent")
    }
    let checkpoint = try await checkpoints.checkpoint(
      request.id, of: request.session, in: scope.project)
    let past = try await checkpoints.past(of: checkpoint, in: scope.project)
    return try await store.write(request.session, in: scope) { stored throws(RPCError) in
      try stored.restored(to: past, at: request.id, by: scope.agent(named: request.agent), etag: request.etag)
    }.session
  }
}

extension Violations {
  /// What a client makes a checkpoint for.
  fileprivate mutating func checkpointKind(
    _ kind: SessionCheckpoint.Kind, at field: String
  ) -> SessionCheckpoint.Kind {
    switch kind {
    case .unspecified: return .manual
    case .manual, .failure: return kind
    case .automatic: add("must not be AUTOMATIC, which is the server's alone", at: field)
    case .unrecognized(let number): unknown(field, number: number)
    }
    return kind
  }
}
