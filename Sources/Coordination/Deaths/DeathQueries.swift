import Journal
import Postgres
import Wire

/// The statements about the death of agents, under the names of their files.
enum DeathQueries {
  static let all: [any CheckedStatement] = [
    overdue, isOverdue, recoveries, isDue, stranded, late, before, clock,
  ]

  static let overdue = Query<(since: PostgresTimestamp, limit: Int), AgentIDColumns>(
    "overdue_agents", PackageResources.overdue_agents_sql, including: fragments,
    [.init("since") { $0.since }, .init("limit") { $0.limit }])
  static let isOverdue = Query<(agent: AgentID, since: PostgresTimestamp), OneColumn<Int64?>>(
    "overdue_agent", PackageResources.overdue_agent_sql, including: fragments,
    parameters(key) { $0.agent } + [.init("since") { $0.since }])
  static let recoveries = Query<Int, AgentIDColumns>(
    "due_recoveries", PackageResources.due_recoveries_sql, including: fragments, limit)
  static let isDue = Query<AgentID, DueRecovery.Columns>(
    "due_recovery", PackageResources.due_recovery_sql, including: fragments, key)
  static let stranded = Query<Int, LostTask.Columns>(
    "stranded_tasks", PackageResources.stranded_tasks_sql, limit)
  static let late = Query<Int, LostTask.Columns>("late_tasks", PackageResources.late_tasks_sql, limit)
  static let before = Query<(agent: AgentID, before: Int64, limit: Int), HeldColumns>(
    "tasks_before", PackageResources.tasks_before_sql,
    [
      .init("project") { $0.agent.project.text },
      .init("agent") { $0.agent.agent.text },
      .init("before") { $0.before },
      .init("limit") { $0.limit },
    ])
  static let clock = Query<Void, ClockColumns>(
    "shortest_silence", PackageResources.shortest_silence_sql, including: AgentQueries.fragments)

  private static let fragments = SQLFragments(
    PackageResources.death_fragments_sql, including: AgentQueries.fragments)
  private static let key: [Parameter<AgentID>] = [
    .init("project") { $0.project.text }, .init("id") { $0.agent.text },
  ]
  private static let limit: [Parameter<Int>] = [.init("limit") { $0 }]

  struct AgentIDColumns: ColumnLayout {
    let project, agent: Column<String>

    init(_ find: inout ColumnFinder) {
      project = find("project_id")
      agent = find("agent_id")
    }
  }

  struct HeldColumns: ColumnLayout {
    let task: Column<String>
    let epoch: Column<Int64>

    init(_ find: inout ColumnFinder) {
      task = find("task_id")
      epoch = find("epoch")
    }
  }

  struct ClockColumns: ColumnLayout {
    let now: Column<PostgresTimestamp>
    let shortest: Column<Int64?>

    init(_ find: inout ColumnFinder) {
      now = find("now")
      shortest = find("shortest")
    }
  }
}

extension AgentID: DecodableRow {
  typealias Columns = DeathQueries.AgentIDColumns

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init(ProjectID(unchecked: try row.decode(columns.project)), try row.decode(columns.agent))
  }
}

extension TakingBack.Held: DecodableRow {
  typealias Columns = DeathQueries.HeldColumns

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init(task: try row.decode(columns.task), epoch: try row.decode(columns.epoch))
  }
}

/// What is due with a dead agent.
struct DueRecovery: DecodableRow {
  let isAsked: Bool
  /// Whether the project's dead agents are asked at all.
  let recovers: Bool
  /// Microseconds.
  let silenceLimit: Int64

  struct Columns: ColumnLayout {
    let isAsked, recovers: Column<Bool>
    let silenceLimit: Column<Int64>

    init(_ find: inout ColumnFinder) {
      isAsked = find("is_asked")
      recovers = find("recovers")
      silenceLimit = find("silence_limit")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    isAsked = try row.decode(columns.isAsked)
    recovers = try row.decode(columns.recovers)
    silenceLimit = try row.decode(columns.silenceLimit)
  }
}

/// A task whose attempt is over without a word of its agent.
struct LostTask: DecodableRow {
  let project: ProjectID
  let held: TakingBack.Held
  /// Its agent is dead.
  let isDead: Bool

  struct Columns: ColumnLayout {
    let project: Column<String>
    let held: DeathQueries.HeldColumns
    let isDead: Column<Bool>

    init(_ find: inout ColumnFinder) {
      project = find("project_id")
      held = DeathQueries.HeldColumns(&find)
      isDead = find("is_dead")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(columns.project))
    held = try TakingBack.Held(decoding: row, columns.held)
    isDead = try row.decode(columns.isDead)
  }
}
