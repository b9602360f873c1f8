import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A feed of events that may be opened.
struct LogWatch: Sendable {
  /// Nil: all sessions of the project.
  let session: String?
  /// Where it starts; with ``afterSequence`` after that event of the session.
  let start: WatchStart
  let afterSequence: Int64?
  /// Nil: of all.
  private let types: Set<SessionEvent.Type_>?
  /// Nil: by all.
  private let agents: Set<TextKey>?

  /// What stands for all sessions of a project.
  private static let all = "-"

  init(validating request: WatchSessionRequest) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    start = violations.watchStart(
      afterPosition: request.afterPosition, afterOrdinal: request.afterOrdinal, journalID: request.journalId)
    if let sequence = request.afterSequence {
      if sequence < 0 { violations.add("must not be negative", at: "after_sequence") }
      if request.session == Self.all {
        violations.add("has no meaning for all sessions", at: "after_sequence")
      }
      if request.afterPosition != nil {
        violations.add("must be absent where after_position is set", at: "after_sequence")
      }
    }
    types = violations.eventTypes(request.types, at: "types")
    agents = violations.anyOf(identifiers: request.agents, at: "agents", atMost: Limits.filterAgents)
    try violations.check()
    session = request.session == Self.all ? nil : request.session
    afterSequence = request.afterSequence
  }

  /// Whether an event is one of those watched.
  var matches: @Sendable (SessionEventRow) -> Bool {
    let (types, agents) = (types, agents)
    return { types?.contains($0.type) ?? true && agents?.contains($0.actor) ?? true }
  }
}

/// How far the log of a session is, as seen by somebody who wants to follow it from one of its events on.
struct LogExtent: Sendable, Equatable {
  let last: Int64
  /// The first place that is kept; one after the last where none is.
  let oldest: Int64
  let isDeleted: Bool
  /// Of a fork: the last place that it shares with its origin; else 0.
  var shared: Int64 = 0
  /// Where the event stands that it asks about; nil where it is not kept.
  let event: Cursor?

  /// Where a feed starts that sends what came after the event `sequence`. Throws POSITION_PRUNED or POSITION_IN_FUTURE.
  func start(after sequence: Int64, of session: String) throws(RPCError) -> StartPosition {
    if sequence > last { throw .eventInFuture(sequence, of: session, last: last) }
    if let event { return .after(event.position, ordinal: event.ordinal) }
    // What is kept begins right after it, or it asks for all there is.
    if sequence == 0 || sequence == oldest - 1 { return .oldest }
    throw .eventPruned(sequence + 1, of: session, oldest: oldest)
  }
}
