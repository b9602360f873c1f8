import CairnAPI
import Journal
import Postgres
import Requests

/// The statements about what logs tell, under the names of their files.
enum InsightQueries {
  static let all: [any CheckedStatement] = [
    briefingEvents, busiestAgents, briefingAnchors, entityAnchors, sessionAnchors,
  ]

  static let events = ComposedQuery<FoundEvents.Columns>(
    "insight_events", SQLFragments(PackageResources.insight_events_sql, including: fragments))
  static let timeline = ComposedQuery<TimelineSummary.Columns>(
    "timeline_figures", SQLFragments(PackageResources.timeline_figures_sql, including: fragments))
  static let impacts = ComposedQuery<ImpactColumns>(
    "session_impacts", SQLFragments(PackageResources.session_impacts_sql, including: fragments))
  static let entitySessions = ComposedQuery<EntitySession.Columns>(
    "entity_sessions", SQLFragments(PackageResources.entity_sessions_sql, including: fragments))
  static let aggregates = ComposedQuery<AggregateColumns>(
    "session_aggregates", SQLFragments(PackageResources.session_aggregates_sql, including: fragments))

  static let briefingEvents = Query<(log: LogStretch, bytes: Int), BriefingColumns>(
    "briefing_events", PackageResources.briefing_events_sql, including: fragments,
    parameters(LogStretch.parameters) { $0.log } + [.init("bytes") { $0.bytes }])
  static let busiestAgents = Query<(log: LogStretch, agent: String), ActivityColumns>(
    "busiest_agents", PackageResources.busiest_agents_sql, including: fragments,
    parameters(LogStretch.parameters) { $0.log } + [
      .init("agent") { $0.agent }, .init("look") { _ in Limits.activityEvents },
    ])
  static let briefingAnchors = Query<LogStretch, BriefedAnchorColumns>(
    "briefing_anchors", PackageResources.briefing_anchors_sql, including: fragments, LogStretch.parameters)
  static let entityAnchors = Query<(project: ProjectID, entity: String), AnchorPageColumns>(
    "entity_anchors", PackageResources.entity_anchors_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("entity") { $0.entity },
      .init("sessions") { _ in Limits.anchoredSessions },
    ])
  static let sessionAnchors = Query<
    (project: ProjectID, entity: String, session: String), AnchorPageColumns
  >(
    "session_anchors", PackageResources.session_anchors_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("entity") { $0.entity },
      .init("session") { $0.session },
    ])

  private static let fragments = SQLFragments(
    PackageResources.insight_fragments_sql, including: LogQueries.fragments, SessionQueries.fragments)
}

/// The log of a session up to one of its events.
struct LogStretch: Sendable {
  let project: ProjectID
  let session: String
  let through: Int64

  static let parameters: [Parameter<LogStretch>] = [
    .init("project") { $0.project.text }, .init("session") { $0.session }, .init("through") { $0.through },
  ]
}

extension InsightQueries {
  /// A page of events.
  ///
  /// - Parameters:
  ///   - bytes: How long they may be together.
  ///   - atLeast: How many of them are returned however long they are.
  static func page(
    _ page: InsightPage, bytes: Int = Limits.answerBytes, atLeast: Int = 1, in project: ProjectID
  ) -> Composition {
    let selection = page.selection
    var query = events.begin()
    query.addSource(
      of: selection, in: project, isNewestFirst: selection.isNewestFirst, most: Limits.entityEvents)
    if selection.kind == .transitions { query.add("suspects") }
    if let after = page.after {
      query.add(
        selection.isNewestFirst ? "before" : "after", ["position": after.position, "ordinal": after.ordinal])
    }
    query.addOrder(
      of: selection, isNewestFirst: selection.isNewestFirst, look: Limits.lookedEvents)
    query.add(selection.kind == .transitions ? "transitions" : "found")
    if selection.kind == .changes { query.add("about_any") }
    if !selection.entity.isEmpty { query.add("about", ["entity": selection.entity]) }
    query.addConditions(of: selection)
    query.add(
      "page",
      [
        "limit": page.size + 1, "entity_bytes": selection.kind == .changes ? Limits.entityVersionBytes : 0,
      ])
    if selection.kind == .transitions { query.add("with_rules") }
    if selection.kind == .changes { query.add("with_previous") }
    query.add("end", ["at_least": atLeast, "bytes": bytes])
    return query
  }

  /// Figures of a timeline.
  static func summary(of selection: EventSelection, in project: ProjectID) -> Composition {
    var query = timeline.begin()
    let most = Limits.entityEvents + 1
    query.addSource(of: selection, in: project, isNewestFirst: true, most: most)
    query.addOrder(of: selection, isNewestFirst: true, look: most)
    query.add("found")
    if !selection.entity.isEmpty { query.add("about", ["entity": selection.entity]) }
    query.addConditions(of: selection)
    query.add("figures", ["counted": Limits.entityEvents])
    return query
  }

  /// What a session's events did to entities.
  static func impacts(_ list: ImpactList, in project: ProjectID) -> Composition {
    var query = impacts(of: list.agent, in: list.session, project)
    if let after = list.after { query.add("after_entity", ["after": after]) }
    query.add("entities")
    query.add("by_entity", ["limit": list.pageSize + 1])
    query.add("end", ["bytes": Limits.answerBytes])
    return query
  }

  /// What came of an agent's events.
  static func share(of agent: String, in session: String, _ project: ProjectID) -> Composition {
    var query = impacts(of: agent, in: session, project)
    query.add("entities")
    query.add("by_count", ["limit": Limits.shareImpacts])
    query.add("end", ["bytes": Limits.answerBytes])
    return query
  }

  private static func impacts(
    of agent: String, in session: String, _ project: ProjectID
  ) -> Composition {
    var query = impacts.begin()
    query.add(
      "impacts",
      [
        "project": project.text, "session": session, "look": Limits.figureEvents,
        "mentions": Limits.figureMentions,
      ])
    if !agent.isEmpty { query.add("by_agent", ["agent": agent]) }
    query.add("each")
    return query
  }

  static func page(_ list: EntitySessionList, in project: ProjectID) -> Composition {
    let conditions = list.conditions
    var query = entitySessions.begin()
    query.add("places", ["project": project.text, "entity": list.entity])
    if let after = list.after { query.add("after", ["after": after]) }
    query.add("events", ["look": Limits.entitySessionEvents])
    query.addEventConditions(conditions)
    query.add("sessions")
    if !conditions.takesAllEvents { query.add("with_events") }
    query.addSessionConditions(conditions)
    query.add("end", ["limit": list.pageSize + 1, "bytes": Limits.answerBytes])
    return query
  }

  static func aggregates(_ request: AggregateRequest, in project: ProjectID) -> Composition {
    var query = aggregates.begin()
    query.add(
      "places", ["project": project.text, "entities": request.entities, "look": request.looked])
    query.addEventConditions(request.conditions)
    if let timeframe = request.conditions.timeframe {
      query.add("timeframe", ["timeframe": timeframe])
    }
    query.addSessionConditions(request.conditions)
    query.add("end")
    return query
  }
}

extension Composition {
  /// - Parameter most: Events about an entity that are looked at.
  fileprivate mutating func addSource(
    of selection: EventSelection, in project: ProjectID, isNewestFirst: Bool, most: Int
  ) {
    switch selection.source {
    case .session(let id):
      add(
        isNewestFirst ? "from_end_of_session" : "from_session", ["project": project.text, "session": id])
    case .entity(let id): add("from_entity", ["project": project.text, "entity": id, "most": most])
    case .project: add("from_project", ["project": project.text])
    }
  }

  /// - Parameter look: Events that are looked at.
  fileprivate mutating func addOrder(of selection: EventSelection, isNewestFirst: Bool, look: Int) {
    if case .session = selection.source {
      add(isNewestFirst ? "newest_of_session" : "oldest_of_session", ["look": look])
    } else {
      add(isNewestFirst ? "newest_first" : "oldest_first", ["look": look])
    }
  }

  fileprivate mutating func addConditions(of selection: EventSelection) {
    if !selection.agent.isEmpty { add("of_agent", ["agent": selection.agent]) }
    if !selection.types.isEmpty {
      add("of_types", ["types": selection.types.map { Int16(truncatingIfNeeded: $0.rawValue) }])
    }
    switch selection.source {
    case .session: break
    case .entity, .project: add("live")
    }
  }

  fileprivate mutating func addEventConditions(_ conditions: ImpactConditions) {
    if !conditions.agent.isEmpty { add("agent", ["agent": conditions.agent]) }
    if let sequence = conditions.fromSequence { add("from_sequence", ["from_sequence": sequence]) }
    if let sequence = conditions.toSequence { add("to_sequence", ["to_sequence": sequence]) }
    if let time = conditions.startTime {
      add("start_time", ["start_time": PostgresTimestamp(microseconds: time)])
    }
    if let time = conditions.endTime { add("end_time", ["end_time": PostgresTimestamp(microseconds: time)]) }
  }

  fileprivate mutating func addSessionConditions(_ conditions: ImpactConditions) {
    if !conditions.states.isEmpty {
      add("states", ["states": conditions.states.map { Int16(truncatingIfNeeded: $0.rawValue) }])
    }
    if !conditions.outcomes.isEmpty {
      add("outcomes", ["outcomes": conditions.outcomes.map { Int16(truncatingIfNeeded: $0.rawValue) }])
    }
  }
}
