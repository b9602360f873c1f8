import CairnAPI
import GRPC
import Journal
import Requests

extension ContextService {
  package func search(_ request: SearchRequest, _ call: CallContext) async throws(RPCError) -> SearchResponse
  {
    let project = try await journal.project(request.project, call)
    let search = try ContextSearch(
      validating: request, project: project.text, key: try await journal.tokenKey())
    return try await journal.reading(search.asOf, in: project, call) { moment throws(RPCError) in
      try await journal.naming(searches.search(search, at: moment, in: project))
    }
  }

  package func searchStats(
    _ request: SearchStatsRequest, _ call: CallContext
  ) async throws(RPCError) -> SearchStatsResponse {
    try await searches.searchStats(in: try await journal.project(request.project, call))
  }

  package func reindex(_ request: ReindexRequest, _ call: CallContext) async throws(RPCError) -> Operation {
    let scope = try await journal.scope(request.project, call)
    let total = try await searches.count(in: scope.project)
    try await journal.checkLease(of: scope)
    return Operation(try await journal.operations.begin(Reindexing().kind, total: total, in: scope))
  }
}
