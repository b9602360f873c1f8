import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A feed of what happens with tasks that may be opened.
struct TaskWatch: Sendable {
  let start: WatchStart
  /// Nil: of all.
  private let types: Set<CoordinationEvent.Type_>?
  private let sessions, queues, taskTypes: Set<TextKey>?

  init(validating request: WatchTasksRequest) throws(RPCError) {
    var violations = Violations()
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    types = violations.anyOf(request.types, at: "types", atMost: Limits.watchedKinds) {
      switch $2 {
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      default: break
      }
    }
    sessions = violations.anyOf(identifiers: request.sessions, at: "sessions", atMost: Limits.watchedNames)
    queues = violations.anyOf(identifiers: request.queues, at: "queues", atMost: Limits.watchedNames)
    taskTypes = violations.anyOf(
      identifiers: request.taskTypes, at: "task_types", atMost: Limits.watchedNames)
    try violations.check()
  }

  /// Whether an event is one of those watched.
  var matches: @Sendable (CoordinationEventRow) -> Bool {
    { row in
      guard row.isAboutTask, types?.contains(row.type) ?? true else { return false }
      if sessions == nil, queues == nil, taskTypes == nil { return true }
      // One that cannot be read is found by whoever sends it.
      guard let event = try? row.event() else { return true }
      return sessions?.contains(event.session) ?? true && queues?.contains(event.queue) ?? true
        && taskTypes?.contains(event.taskType) ?? true
    }
  }
}

extension Limits {
  /// Sessions, queues or types of tasks that a watch may be for.
  static let watchedNames = 64
}
