import GRPC
import Journal

extension Journal {
  /// What most `Watch…` methods do: ``watch(_:_:from:matching:atMost:_:_:_:)`` of the changes of the call's project.
  ///
  /// - Parameters:
  ///   - named: The project that the request names, empty for none.
  ///   - answer: Given the project, too.
  package func watch<Response: WatchResponse>(
    _ start: WatchStart, of named: String, matching matches: @escaping @Sendable (Change) -> Bool,
    atMost limit: Int,
    _ responses: ResponseWriter<Response>, _ call: CallContext,
    _ answer: (ArraySlice<FeedElement<Change>>, ProjectID) async throws(RPCError)
      -> (responses: [Response], taken: Int)
  ) async throws(RPCError) {
    let project = try await self.project(named, call)
    try await watch(
      changes, FeedTopic(project), from: start, matching: matches, atMost: limit, responses, call
    ) { elements throws(RPCError) in
      try await answer(elements, project)
    }
  }

  /// Opens a feed, and sends it until the call, the project or the server ends. The client hears that the feed is open
  /// before its first event.
  ///
  /// - Parameters:
  ///   - topic: In a project that exists.
  ///   - limit: Elements for which `answer` is asked at once.
  ///   - opening: Sends what comes before the feed's first element, given the journal's id.
  ///   - answer: Makes the responses for the first of some elements, marks included (``WatchResponse/init(_:)``);
  ///     returns them with the number of elements that they are for, at least one.
  package func watch<Entry: FeedRow, Response: WatchResponse>(
    _ feed: Feed<Entry>, _ topic: FeedTopic, from start: WatchStart,
    matching matches: @escaping @Sendable (Entry) -> Bool, atMost limit: Int,
    _ responses: ResponseWriter<Response>, _ call: CallContext,
    opening: (String) async throws(RPCError) -> Void = { _ throws(RPCError) in },
    _ answer: (ArraySlice<FeedElement<Entry>>) async throws(RPCError) -> (responses: [Response], taken: Int)
  ) async throws(RPCError) {
    let stream = try await feed.watch(
      topic, from: start.position, journal: start.journal, on: call.loop, matching: matches)
    // When the project is deleted from now on, the stream is told.
    try await require(topic.project, on: call.loop)
    let journalID = stream.journal.description
    call.sendHeaders()
    try await opening(journalID)
    while true {
      var elements = try await stream.next(atMost: limit)[...]
      while !elements.isEmpty {
        let found = try await answer(elements)
        elements = elements.dropFirst(found.taken)
        for var response in found.responses {
          response.journalId = journalID
          try await responses.write(response)
        }
      }
    }
  }
}
