import CairnAPI
import Journal
import Postgres
import Wire

/// The statements about giving out tasks, under the names of their files.
enum DispatchQueries {
  static let all: [any CheckedStatement] = [
    policy, lanes, ready, agents, assign, spend, projects, assignableTask, assignableAgent,
    findStrategy, setStrategy,
  ]

  static let policy = Query<ProjectID, PolicyColumns>(
    "dispatch_policy", PackageResources.dispatch_policy_sql, [.init("project") { $0.text }])
  static let lanes = Query<Look, OneColumn<[UInt8]>>(
    "walked_lanes", PackageResources.walked_lanes_sql, including: fragments, walk)
  static let ready = Query<Look, ReadyTask.Columns>(
    "ready_tasks", PackageResources.ready_tasks_sql, including: fragments,
    walk + [.init("limit") { $0.tasks }])
  static let agents = Query<Look, FreeAgent.Columns>(
    "free_agents", PackageResources.free_agents_sql, including: fragments,
    walk + [.init("limit") { $0.agents }, .init("able") { $0.able }])
  /// Of a write that has drawn.
  static let assign = Query<(scope: CallScope, pairs: [Pair]), AssignedColumns>(
    "assign_tasks", PackageResources.assign_tasks_sql, including: .journal,
    parameters(CallScope.parameters) { $0.scope } + [
      .init("tasks") { $0.pairs.map(\.task.id) },
      .init("agents") { $0.pairs.map(\.agent) },
      .init("bodies") { $0.pairs.map { CoordinationEvent(assigned: $0.task, to: $0.agent).body } },
    ])
  static let spend = Query<(project: ProjectID, left: [QueueTokens], at: PostgresTimestamp), NoColumns>(
    "spend_tokens", PackageResources.spend_tokens_sql,
    [
      .init("project") { $0.project.text },
      .init("queues") { $0.left.map(\.queue) },
      .init("tokens") { $0.left.map(\.tokens) },
      .init("times") { input in input.left.map { _ in input.at } },
    ])
  static let projects = Query<Void, OneColumn<String>>(
    "projects_with_ready_tasks", PackageResources.projects_with_ready_tasks_sql)

  static let assignableTask = Query<(project: ProjectID, task: String), AssignableTask.Columns>(
    "assignable_task", PackageResources.assignable_task_sql, including: fragments,
    [.init("project") { $0.project.text }, .init("task") { $0.task }])
  static let assignableAgent = Query<(project: ProjectID, agent: String), AssignableAgent.Columns>(
    "assignable_agent", PackageResources.assignable_agent_sql,
    [.init("project") { $0.project.text }, .init("agent") { $0.agent }])

  static let findStrategy = Query<ProjectID, StoredPolicyColumns>(
    "find_strategy", PackageResources.find_strategy_sql, [.init("project") { $0.text }])
  /// Of a write that has drawn.
  static let setStrategy = Query<(project: ProjectID, strategy: AssignmentStrategy), NoColumns>(
    "set_strategy", PackageResources.set_strategy_sql,
    [
      .init("project") { $0.project.text },
      .init("strategy") { Int16(truncatingIfNeeded: $0.strategy.rawValue) },
    ])

  typealias Pair = (task: ReadyTask, agent: String)
  typealias QueueTokens = (queue: String, tokens: Double)

  /// What one round looks at.
  struct Look: Sendable {
    let project: ProjectID
    /// Where the walk over lanes goes on; empty: at the first.
    let afterLane: [UInt8]
    var lanes = 64
    var tasks = 200
    var agents = 200
    /// Agents for each set of requirements.
    var able = 16
  }

  private static let walk: [Parameter<Look>] = [
    .init("project") { $0.project.text },
    .init("after_lane") { $0.afterLane },
    .init("lanes") { $0.lanes },
  ]
  private static let fragments = SQLFragments(PackageResources.dispatch_fragments_sql)

  struct PolicyColumns: ColumnLayout {
    let strategy: Column<Int32>
    let now: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      strategy = find("strategy")
      now = find("now")
    }
  }

  struct StoredPolicyColumns: ColumnLayout {
    let strategy: Column<Int32>
    let position: Column<Int64>
    let updateTime: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      strategy = find("strategy")
      position = find("position")
      updateTime = find("update_time")
    }
  }

  struct AssignedColumns: ColumnLayout {
    let task, agent: Column<String>

    init(_ find: inout ColumnFinder) {
      task = find("task_id")
      agent = find("agent")
    }
  }
}

extension CoordinationEvent {
  /// - Parameter task: As it is before it is assigned.
  fileprivate init(assigned task: ReadyTask, to agent: String) {
    self.init()
    self.task = task.id
    self.agent = agent
    session = task.session ?? ""
    taskType = task.type
    queue = task.queue
    taskState = .assigned
    attempt = task.attempt &+ 1
  }
}
