import CairnAPI
import GRPC
import Journal
import Requests

extension SessionService {
  /// One request after the other: what it holds is written and acknowledged before the next one is read, so a stream holds
  /// one request at a time.
  package func appendEvents(
    _ requests: RequestStream<AppendEventsRequest>, _ responses: ResponseWriter<AppendEventsResponse>,
    _ call: CallContext
  ) async throws(RPCError) {
    var begun: (stream: AppendStream, scope: CallScope)?
    var total: Int64 = 0
    while let request = try await requests.next() {
      let append = try await checked(request, of: begun?.stream, call)
      let scope: CallScope
      if let begun {
        scope = begun.scope
        // Streams last: the project may have been deleted.
        try await journal.require(scope.project, on: call.loop)
      } else {
        scope = try await journal.scope(request.project, call)
        begun = (AppendStream(request), scope)
      }
      let appended = try await log.append(append.by(scope.agent), in: scope, for: call)
      total += Int64(append.events.count)
      try await responses.write(try await journal.naming(AppendEventsResponse(appended, total: total)))
    }
  }

  private func checked(
    _ request: AppendEventsRequest, of stream: AppendStream?, _ call: CallContext
  ) async throws(RPCError) -> LogAppend {
    try await blocking.work(on: request.readBytes, for: call) { _ throws(RPCError) in
      var violations = Violations()
      let append = LogAppend(validating: request, of: stream, &violations)
      try violations.check()
      return append
    }
  }
}

extension AppendEventsResponse: JournalAnswer {}

extension AppendEventsResponse {
  /// - Parameter total: The durable events of the stream.
  fileprivate init(_ appended: Appended, total: Int64) {
    self.init()
    self.appended = total
    lastSequence = appended.lastSequence
    position = appended.stamp?.position ?? 0
    state = appended.state
  }
}
