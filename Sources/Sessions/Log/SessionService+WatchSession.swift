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
    let start = try await log.start(of: watch, in: project)
    try await journal.watch(
      log.feed, topic, from: start.feed, matching: watch.matches, atMost: 64, responses, call,
      opening: { journal throws(RPCError) in
        guard let shared = start.shared else { return }
        try await log.send(shared, matching: watch.matches, in: project, of: journal, responses, call)
      }
    ) { elements throws(RPCError) in
      try await log.responses(to: elements, in: project, call)
    }
  }
}
