import CairnAPI
import GRPC
import Journal
import Wire

extension ContextService {
  package func watchContexts(
    _ request: WatchContextsRequest, _ responses: ResponseWriter<WatchContextsResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try ContextWatch(validating: request)
    let project = try await journal.scope(call).project
    let stream = try await journal.changes.watch(
      project, from: watch.start, journal: watch.journalID, on: call.loop, matching: watch.matches)
    let journalID = stream.journal.description
    call.sendHeaders()
    while true {
      var elements = try await stream.next(atMost: watch.isFull ? 16 : 256)[...]
      while !elements.isEmpty {
        let events = try await store.events(of: elements, isFull: watch.isFull, in: project)
        elements = elements.dropFirst(events.count)
        for event in events {
          var response = WatchContextsResponse()
          response.journalId = journalID
          response.event = event
          try await responses.write(response)
        }
      }
    }
  }
}

extension ContextWatch {
  /// Where the feed starts.
  fileprivate var start: StartPosition {
    switch position {
    case nil: .now
    case 0?: .oldest
    case let position?: .after(position, ordinal: ordinal)
    }
  }

  /// Whether a change is one of those watched.
  fileprivate var matches: @Sendable (Change) -> Bool {
    let ids = ids
    return { $0.kind == "context" && ids?.contains($0.id) ?? true }
  }
}
