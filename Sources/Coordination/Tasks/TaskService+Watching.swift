import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension TaskService {
  package func listTasks(
    _ request: ListTasksRequest, _ call: CallContext
  ) async throws(RPCError) -> ListTasksResponse {
    let project = try await journal.project(request.project, call)
    let list = try TaskList(validating: request, in: project.text, key: try await journal.tokenKey())
    return try await journal.naming(try await store.list(list, in: project))
  }

  package func watchTask(
    _ request: WatchTaskRequest, _ responses: ResponseWriter<WatchTaskResponse>, _ call: CallContext
  ) async throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.id, at: "id")
    try violations.check()
    let project = try await journal.project(request.project, call)
    // First the feed, then the task: what happens between the two is in both.
    let stream = try await store.store.feed.watch(
      FeedTopic(project, key: EventSubject.task(request.id)), from: .now, on: call.loop)
    try await journal.require(project, on: call.loop)
    let task = try await store.task(request.id, in: project, call)
    let journalID = stream.journal.description
    func send(_ event: WatchTaskResponse.Event) async throws(RPCError) {
      var response = WatchTaskResponse(event)
      response.journalId = journalID
      try await responses.write(response)
    }
    call.sendHeaders()
    try await send(.task(task))
    if task.state.isFinal { return }
    while true {
      for element in try await stream.next(atMost: 64) {
        switch element {
        case .row(let row):
          if row.position <= task.position { continue }
          let event = try row.event()
          try await send(.happened(event))
          if event.taskState.isFinal { return }
        case .caughtUp, .checkpoint:
          if let mark = WatchTaskResponse(element)?.event { try await send(mark) }
        }
      }
    }
  }

  package func watchTasks(
    _ request: WatchTasksRequest, _ responses: ResponseWriter<WatchTasksResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try TaskWatch(validating: request)
    let project = try await journal.project(request.project, call)
    try await journal.watch(
      store.store.feed, FeedTopic(project), from: watch.start, matching: watch.matches, atMost: 64, responses,
      call
    ) { elements throws(RPCError) in
      var events: [CoordinationEvent] = []
      for row in elements.compactMap(\.row) { events.append(try row.event()) }
      return WatchTasksResponse.answers(to: elements, whenFound: events.count) { place, _ in
        WatchTasksResponse(.happened(events[place]))
      }
    }
  }
}

extension WatchTaskResponse: WatchResponse {}
extension WatchTaskResponse.Event: WatchEvent {}
extension WatchTasksResponse: WatchResponse {}
extension WatchTasksResponse.Event: WatchEvent {}
