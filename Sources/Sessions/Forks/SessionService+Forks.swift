import CairnAPI
import GRPC
import Journal
import Requests

extension SessionService {
  package func forkSession(
    _ request: ForkSessionRequest, _ call: CallContext
  ) async throws(RPCError) -> Session {
    var (fork, scope) = try await journal.accept(request, call) { SessionFork(validating: $0, &$1) }
    fork.begin(with: scope.agent)
    var sequence: Int64?
    switch fork.point {
    case .head: break
    case .sequence(let place): sequence = place
    case .checkpoint(let id):
      sequence = try await checkpoints.checkpoint(id, of: fork.origin, in: scope.project).sequence
    }
    return try await forks.create(fork, at: sequence, in: scope)
  }

  package func listSessionTree(
    _ request: ListSessionTreeRequest, _ call: CallContext
  ) async throws(RPCError) -> ListSessionTreeResponse {
    let project = try await journal.project(request.project, call)
    let tree = try SessionTree(
      validating: request, in: project.text, key: try await journal.tokenKey())
    return try await forks.list(tree, in: project)
  }
}
