import CairnAPI
import GRPC
import Journal
import Requests

/// Which events of which logs are meant. Pure.
struct EventSelection: Sendable {
  enum Source: Sendable, Equatable {
    case session(String)
    /// All sessions that are not deleted.
    case entity(String)
    case project
  }

  enum Kind: Sendable { case all, transitions, changes }

  let source: Source
  var kind = Kind.all
  /// What they are about; empty: anything.
  var entity = ""
  /// Whose they are; empty: anybody's.
  var agent = ""
  /// Empty: all.
  var types: [SessionEvent.Type_] = []
  var isNewestFirst = false
}

/// A page of events that may be read.
struct InsightPage: Sendable {
  let selection: EventSelection
  let size: Int
  /// The event that the page comes after; nil for the first page.
  let after: Cursor?
  private let seal: PageSeal

  /// - Parameter check: Adds to the violations what is wrong with the rest of the request, and says which events it is for.
  init<Request: ListRequest>(
    validating request: Request, in project: String, key: TokenKey,
    check: (Request, inout Violations) -> EventSelection
  ) throws(RPCError) {
    var violations = Violations()
    selection = check(request, &violations)
    size = violations.pageSize(request.pageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    let token = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    after = token.flatMap { token in
      Int32(token.id).map { Cursor(position: token.time, ordinal: $0) }
    }
  }

  /// The token of the page that follows an event.
  func nextPageToken(after cursor: Cursor) -> String {
    PageToken(time: cursor.position, id: String(cursor.ordinal)).text(for: seal)
  }
}

extension InsightPage {
  init(_ request: ListTransitionsRequest, in project: String, key: TokenKey) throws(RPCError) {
    try self.init(validating: request, in: project, key: key) { request, violations in
      violations.identifier(request.session, at: "session")
      violations.entity(request.entity, at: "entity")
      return EventSelection(source: .session(request.session), kind: .transitions, entity: request.entity)
    }
  }

  init(_ request: IsolateAgentRequest, in project: String, key: TokenKey) throws(RPCError) {
    try self.init(validating: request, in: project, key: key) { request, violations in
      violations.identifier(request.session, at: "session")
      violations.identifier(request.agent, at: "agent")
      return EventSelection(source: .session(request.session), agent: request.agent)
    }
  }

  init(_ request: ListSessionChangesRequest, in project: String, key: TokenKey) throws(RPCError) {
    try self.init(validating: request, in: project, key: key) { request, violations in
      violations.identifier(request.session, at: "session")
      violations.entity(request.entity, at: "entity")
      return EventSelection(source: .session(request.session), kind: .changes, entity: request.entity)
    }
  }

  init(_ request: ListTimelineRequest, in project: String, key: TokenKey) throws(RPCError) {
    try self.init(validating: request, in: project, key: key) { request, violations in
      violations.optionalIdentifier(request.session, at: "session")
      violations.entity(request.entity, at: "entity")
      violations.optionalIdentifier(request.agent, at: "agent")
      if request.session.isEmpty, request.entity.isEmpty, request.agent.isEmpty {
        violations.add("must be set where neither entity nor agent is", at: "session")
      }
      _ = violations.eventTypes(request.types, at: "types")
      if !["", "time", "time desc"].contains(request.orderBy) {
        violations.add("must be `time` or `time desc`", at: "order_by")
      }
      let source: EventSelection.Source =
        !request.session.isEmpty
        ? .session(request.session) : request.entity.isEmpty ? .project : .entity(request.entity)
      return EventSelection(
        source: source, entity: request.session.isEmpty ? "" : request.entity, agent: request.agent,
        types: request.types, isNewestFirst: request.orderBy == "time desc")
    }
  }
}

extension ListTransitionsRequest: ListRequest {}
extension IsolateAgentRequest: ListRequest {}
extension ListSessionChangesRequest: ListRequest {}
extension ListTimelineRequest: ListRequest {}

extension Violations {
  /// The id of an entity, or nothing.
  mutating func entity(_ id: String, at field: String) {
    if !id.isEmpty { identifier(id, at: field, atMost: Limits.entityLength) }
  }
}
