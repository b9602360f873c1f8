import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension SessionService {
  package func watchSession(
    _ request: WatchSessionRequest, _ responses: ResponseWriter<WatchSessionResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try LogWatch(validating: request)
    let project = try await journal.project(request.project, call)
    let topic = FeedTopic(project, key: watch.session.map { TextKey($0) })
    try await journal.watch(
      log.feed, topic, from: try await log.start(of: watch, in: project), matching: watch.matches, atMost: 64,
      responses, call
    ) { elements throws(RPCError) in
      try await log.responses(to: elements, in: project, call)
    }
  }
}
