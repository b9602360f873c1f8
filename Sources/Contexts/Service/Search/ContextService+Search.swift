import CairnAPI
import GRPC
import Journal

extension ContextService {
  package func search(_ request: SearchRequest, _ call: CallContext) async throws(RPCError) -> SearchResponse
  {
    let project = try await journal.scope(call).project
    let search = try ContextSearch(validating: request, project: project.text)
    return try await store.search(search, in: project)
  }
}
