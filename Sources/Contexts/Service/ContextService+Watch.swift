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
      FeedTopic(project), from: watch.start, journal: watch.journalID, on: call.loop, matching: watch.matches)
    // Of a project that is deleted from now on the stream hears.
    try await journal.require(project, on: call.loop)
    let journalID = stream.journal.description
    call.sendHeaders()
    while true {
      // With a filter most changes may be none of those wanted; their contents are not looked up.
      let limit = watch.isFull && watch.conditions == nil ? 16 : 256
      var elements = try await stream.next(atMost: limit)[...]
      while !elements.isEmpty {
        let found = try await store.events(of: elements, for: watch, in: project)
        elements = elements.dropFirst(found.taken)
        for event in found.events {
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

  /// Whether a change is one of those watched, as far as the journal alone can say.
  fileprivate var matches: @Sendable (Change) -> Bool {
    let (ids, actions) = (ids, actions)
    return {
      $0.kind == "context" && ids?.contains($0.id) ?? true && actions?.contains($0.action) ?? true
    }
  }
}
