import CairnAPI
import GRPC
import Journal
import Requests

extension SessionService {
  package func purgeSessions(
    _ request: PurgeSessionsRequest, _ call: CallContext
  ) async throws(RPCError) -> PurgeSessionsResponse {
    var violations = Violations()
    let purge = SessionPurge(validating: request, &violations)
    try violations.check()
    let scope = try await journal.scope(request.project, call)
    return try await request.validateOnly
      ? purges.count(purge, in: scope.project) : purges.run(purge, in: scope)
  }
}
