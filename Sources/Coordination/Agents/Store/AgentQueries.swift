import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements about agents, under the names of their files.
enum AgentQueries {
  static let all: [any CheckedStatement] = [find, lock, save, delete, findPolicy, savePolicy]

  static let find = Query<AgentKey, StoredAgent.Columns>(
    "find_agent", PackageResources.find_agent_sql, including: fragments, key)
  static let lock = Query<AgentKey, StoredAgent.Columns>(
    "lock_agent", PackageResources.lock_agent_sql, including: fragments, key)
  static let list = ComposedQuery<ListedColumns<StoredAgent.Columns>>(
    "list_agents", SQLFragments(PackageResources.list_agents_sql, including: fragments))
  static let save = Query<SavedAgent, NoColumns>(
    "save_agent", PackageResources.save_agent_sql, including: fragments,
    parameters(EventQueries.recording) { ($0.scope, RecordedEvents($0.step.events)) } + [
      .init("id") { $0.step.agent.id },
      .init("type") { $0.step.agent.type },
      .init("capabilities") { $0.step.agent.capabilities },
      .init("labels") { AgentLabels.json(of: $0.step.agent.labels).map { JSONB($0) } },
      .init("terms") { $0.step.agent.terms.texts },
      .init("priority") { $0.step.agent.priority },
      .init("max_load") { $0.step.agent.maxLoad ?? 1 },
      .init("state") { Int16(truncatingIfNeeded: $0.step.agent.state.rawValue) },
      .init("metadata") { $0.step.agent.metadata.flatMap { MetadataJSON.text(of: $0) }.map { JSONB($0) } },
      .init("changes") { $0.step.changes },
      .init("beats") { $0.step.beats },
      .init("begins") { $0.step.begins },
      .init("streams") { $0.step.streams },
      .init("asks") { $0.step.asks },
      .init("recovery_delay") { $0.step.recoveryDelay },
    ])
  static let delete = Query<DeletedAgent, NoColumns>(
    "delete_agent", PackageResources.delete_agent_sql, including: fragments,
    parameters(EventQueries.recording) { ($0.scope, $0.events) } + [.init("id") { $0.id }])
  static let findPolicy = Query<ProjectID, DeadAgentPolicy.Columns>(
    "find_policy", PackageResources.find_policy_sql, including: fragments, [.init("project") { $0.text }])
  static let savePolicy = Query<SavedPolicy, NoColumns>(
    "save_policy", PackageResources.save_policy_sql,
    [
      .init("project") { $0.project.text },
      .init("interval") { $0.policy.interval },
      .init("timeout") { $0.policy.timeout },
      .init("missed") { $0.policy.missedHeartbeats },
      .init("recovers") { $0.policy.recovery },
      .init("delay") { $0.policy.delay },
    ])

  /// For statements of all rooms about agents.
  static let fragments = SQLFragments(
    PackageResources.agent_fragments_sql, including: EventQueries.fragments)

  typealias AgentKey = (project: ProjectID, id: String)
  typealias DeletedAgent = (scope: CallScope, id: String, events: RecordedEvents)
  typealias SavedAgent = (scope: CallScope, step: AgentStep)
  typealias SavedPolicy = (project: ProjectID, policy: DeadAgentPolicy)

  private static let key: [Parameter<AgentKey>] = [
    .init("project") { $0.project.text }, .init("id") { $0.id },
  ]
}

extension AgentQueries {
  static func page(in project: ProjectID, after id: String, limit: Int, _ filter: AgentFilter) -> Composition
  {
    var query = list.begin()
    query.add("page", ["project": project.text, "after": id])
    if !filter.states.isEmpty {
      query.add("states", ["states": filter.states.map { Int16(truncatingIfNeeded: $0.rawValue) }])
    }
    if !filter.type.isEmpty { query.add("type", ["type": filter.type]) }
    if !filter.capabilities.isEmpty { query.add("capabilities", ["capabilities": filter.capabilities]) }
    query.add("end", ["limit": limit, "bytes": Limits.answerBytes])
    return query
  }
}

extension Agent {
  /// What tasks may require of it.
  var terms: Terms {
    Terms(capabilities: capabilities, labels: labels)
  }
}

/// Labels as the database has them: a JSON object.
enum AgentLabels {
  /// Nil for none.
  static func json(of labels: [TextKey: String]) -> String? {
    if labels.isEmpty { return nil }
    var object = WellKnown.Struct()
    for (key, value) in labels { object.fields[key] = WellKnown.Value(.stringValue(value)) }
    return MetadataJSON.text(of: object)
  }

  static func labels(from json: String) -> [TextKey: String] {
    var labels: [TextKey: String] = [:]
    for (key, value) in MetadataJSON.metadata(from: json)?.fields ?? [:] {
      if case .stringValue(let text) = value.kind { labels[key] = text }
    }
    return labels
  }
}
