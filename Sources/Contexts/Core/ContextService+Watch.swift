import CairnAPI
import GRPC
import Journal
import Requests

extension ContextService {
  package func watchContexts(
    _ request: WatchContextsRequest, _ responses: ResponseWriter<WatchContextsResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try ContextWatch(validating: request)
    try await journal.watch(
      watch.start, of: request.project, matching: watch.matches, atMost: watch.batch, responses, call
    ) {
      elements, project throws(RPCError) in
      try await store.responses(to: elements, for: watch, in: project)
    }
  }
}

extension WatchContextsResponse: WatchResponse {}
extension WatchContextsResponse.Event: ChangeEvent {}
