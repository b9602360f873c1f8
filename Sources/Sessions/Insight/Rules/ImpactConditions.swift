import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// Which events about entities count. Pure.
struct ImpactConditions: Sendable {
  /// Empty: by all.
  var agent = ""
  /// Empty: in any.
  var states: [SessionState] = []
  /// Empty: any.
  var outcomes: [SessionOutcome] = []
  /// Nil: from the first, up to the last.
  var fromSequence, toSequence: Int64?
  /// Microseconds since 1970; nil: any time.
  var startTime, endTime: Int64?
  /// Microseconds up to now; nil: any time.
  var timeframe: Int64?

  /// Whether all events count, whatever may be said of their sessions.
  var takesAllEvents: Bool {
    agent.isEmpty && fromSequence == nil && toSequence == nil && startTime == nil && endTime == nil
  }

  init() {}

  init(validating filter: ImpactFilter?, _ violations: inout Violations) {
    guard let filter else { return }
    violations.optionalIdentifier(filter.agent, at: "filter.agent")
    violations.entries(filter.states, at: "filter.states", atMost: Limits.filterStates) {
      switch $2 {
      case .working, .broken, .coordinating, .completed: break
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      }
    }
    violations.entries(filter.outcomes, at: "filter.outcomes", atMost: Limits.filterOutcomes) {
      switch $2 {
      case .working, .broken, .coordinated, .completed, .expired: break
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      }
    }
    if filter.fromSequence < 0 { violations.add("must not be negative", at: "filter.from_sequence") }
    if filter.toSequence < 0 { violations.add("must not be negative", at: "filter.to_sequence") }
    agent = filter.agent
    states = filter.states
    outcomes = filter.outcomes
    fromSequence = filter.fromSequence == 0 ? nil : filter.fromSequence
    toSequence = filter.toSequence == 0 ? nil : filter.toSequence
    startTime = violations.time(filter.startTime, at: "filter.start_time")
    endTime = violations.time(filter.endTime, at: "filter.end_time")
  }
}

/// Figures of entities that may be read.
struct AggregateRequest: Sendable {
  let entities: [String]
  let conditions: ImpactConditions

  init(validating request: GetSessionAggregatesRequest) throws(RPCError) {
    var violations = Violations()
    violations.aggregated(request.entities, at: "entities")
    conditions = ImpactConditions(validating: request.filter, &violations)
    try violations.check()
    entities = request.entities
  }

  init(validating request: GetImpactAnalysisRequest) throws(RPCError) {
    var violations = Violations()
    violations.aggregated(request.entities, at: "entities")
    violations.optionalIdentifier(request.agent, at: "agent")
    var conditions = ImpactConditions()
    conditions.agent = request.agent
    conditions.timeframe = violations.timeframe(
      request.timeframe ?? WellKnown.Duration(seconds: Self.standardTimeframe, nanos: 0), at: "timeframe")
    try violations.check()
    (entities, self.conditions) = (request.entities, conditions)
  }

  /// Seven days.
  private static let standardTimeframe: Int64 = 604_800

  /// Events that are looked at for each entity.
  var looked: Int { Limits.entityEvents / max(1, entities.count) }
}

extension Violations {
  fileprivate mutating func aggregated(_ ids: [String], at field: String) {
    if ids.isEmpty { return add("must not be empty", at: field) }
    if ids.count > Limits.aggregateEntities {
      return add("must have at most \(Limits.aggregateEntities) entries, not \(ids.count)", at: field)
    }
    entities(ids, at: field)
  }

  /// More than zero, up to 3,650 days; in microseconds, rounded up.
  fileprivate mutating func timeframe(_ duration: WellKnown.Duration, at field: String) -> Int64 {
    guard (0...Limits.ttlSeconds).contains(duration.seconds), (0..<1_000_000_000).contains(duration.nanos),
      duration.seconds > 0 || duration.nanos > 0, duration.seconds < Limits.ttlSeconds || duration.nanos == 0
    else {
      add("must be more than zero, and at most 3,650 days", at: field)
      return 0
    }
    return duration.seconds * 1_000_000 + (Int64(duration.nanos) + 999) / 1_000
  }
}

/// A page of the sessions about an entity that may be read.
struct EntitySessionList: Sendable {
  let entity: String
  let conditions: ImpactConditions
  let pageSize: Int
  /// The id that those of the page come before; nil for the first page.
  let after: String?
  private let seal: PageSeal

  init(
    validating request: ListSessionsByEntityRequest, in project: String, key: TokenKey
  ) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.entity, at: "entity", atMost: Limits.entityLength)
    conditions = ImpactConditions(validating: request.filter, &violations)
    pageSize = violations.pageSize(request.pageSize)
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    after = violations.pageToken(request.pageToken, seal: seal)?.id
    try violations.check()
    entity = request.entity
  }

  func nextPageToken(after id: String) -> String { PageToken(time: 0, id: id).text(for: seal) }
}

/// A page of the impacts of a session that may be read.
struct ImpactList: Sendable {
  let session: String
  let agent: String
  let pageSize: Int
  /// The entity that those of the page come after; nil for the first page.
  let after: String?
  private let seal: PageSeal

  init(
    validating request: ListSessionImpactsRequest, in project: String, key: TokenKey
  ) throws(RPCError) {
    var violations = Violations()
    violations.identifier(request.session, at: "session")
    violations.optionalIdentifier(request.agent, at: "agent")
    pageSize = violations.pageSize(request.pageSize)
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    after = violations.pageToken(request.pageToken, seal: seal)?.id
    try violations.check()
    (session, agent) = (request.session, request.agent)
  }

  func nextPageToken(after entity: String) -> String { PageToken(time: 0, id: entity).text(for: seal) }
}

extension ListSessionsByEntityRequest: ListRequest {}
extension ListSessionImpactsRequest: ListRequest {}
