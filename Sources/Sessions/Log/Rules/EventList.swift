import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A page of a session's log that may be read.
struct EventList: Sendable {
  /// What a page reads.
  enum Selection: Equatable {
    case all
    /// Found by an index.
    case messages
    /// What meets conditions among the next so many places.
    case matching(look: Int)
  }

  let session: String
  /// The first place asked for; nil: the oldest that is kept.
  let from: Int64?
  /// The last place asked for; nil: the newest.
  let to: Int64?
  /// Empty: all.
  let types: [SessionEvent.Type_]
  /// Empty: all.
  let agents: [String]
  let isNewestFirst: Bool
  let pageSize: Int
  /// How much a page may have before it ends early; one event may be larger.
  var pageBytes = Limits.answerBytes
  /// The last place of the page before.
  let after: Int64?
  private let seal: PageSeal

  init(validating request: ListEventsRequest, in project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    pageSize = violations.pageSize(request.pageSize)
    if request.fromSequence < 0 { violations.add("must not be negative", at: "from_sequence") }
    if request.toSequence < 0 { violations.add("must not be negative", at: "to_sequence") }
    _ = violations.eventTypes(request.types, at: "types")
    _ = violations.anyOf(identifiers: request.agents, at: "agents", atMost: Limits.filterAgents)
    if !["", "sequence", "sequence desc"].contains(request.orderBy) {
      violations.add("must be `sequence` or `sequence desc`", at: "order_by")
    }
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    after = violations.pageToken(request.pageToken, seal: seal)?.time
    try violations.check()
    session = request.session
    from = request.fromSequence == 0 ? nil : request.fromSequence
    to = request.toSequence == 0 ? nil : request.toSequence
    types = request.types
    agents = request.agents
    isNewestFirst = request.orderBy == "sequence desc"
  }

  /// The first place that the page may have; nil: any.
  var lowest: Int64? {
    guard let after, !isNewestFirst else { return from }
    return after + 1
  }

  /// The last place that the page may have; nil: any.
  var highest: Int64? {
    guard let after, isNewestFirst else { return to }
    return after - 1
  }

  var selection: Selection {
    if agents.isEmpty {
      if types.isEmpty { return .all }
      if types.allSatisfy({ $0 == .message }) { return .messages }
    }
    return .matching(look: Limits.lookedEvents)
  }

  /// The last place that a page looks at when it is not filled before, and others follow; nil when none do.
  ///
  /// - Parameters:
  ///   - oldest: The first place that is kept.
  ///   - last: The last one.
  func edge(oldest: Int64, last: Int64) -> Int64? {
    guard case .matching(let look) = selection else { return nil }
    if isNewestFirst {
      let edge = min(highest ?? .max, last) - Int64(look) + 1
      return edge > max(lowest ?? 0, oldest) ? edge : nil
    }
    let edge = min(max(lowest ?? 0, oldest), last + 1) + Int64(look) - 1
    return edge < min(highest ?? .max, last) ? edge : nil
  }

  /// Throws POSITION_PRUNED when events that it asks for are gone.
  ///
  /// - Parameter oldest: The first place that is kept.
  func check(oldest: Int64) throws(RPCError) {
    if let lowest, lowest < oldest { throw .eventPruned(lowest, of: session, oldest: oldest) }
  }

  /// The token of the page that follows an event.
  func nextPageToken(after sequence: Int64) -> String {
    PageToken(time: sequence, id: session).text(for: seal)
  }
}

extension ListEventsRequest: ListRequest {}

extension Violations {
  /// The types of a filter; nil: all.
  mutating func eventTypes(
    _ types: [SessionEvent.Type_], at field: String
  ) -> Set<SessionEvent.Type_>? {
    anyOf(types, at: field, atMost: Limits.filterEventTypes) {
      switch $2 {
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      default: break
      }
    }
  }
}

extension RPCError {
  static func eventPruned(_ sequence: Int64, of session: String, oldest: Int64) -> RPCError {
    RPCError(
      .outOfRange, .positionPruned, about: .session(session),
      "event \(sequence) of session \(session.quoted) is no longer kept; the oldest is \(oldest)",
      ["id": session, "sequence": String(sequence), "oldest_sequence": String(oldest)])
  }

  static func eventInFuture(_ sequence: Int64, of session: String, last: Int64) -> RPCError {
    RPCError(
      .outOfRange, .positionInFuture, about: .session(session),
      "the log of session \(session.quoted) has not reached event \(sequence); the last is \(last)",
      ["id": session, "sequence": String(sequence), "last_sequence": String(last)])
  }
}
