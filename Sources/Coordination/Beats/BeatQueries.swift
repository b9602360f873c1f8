import CairnAPI
import Journal
import Postgres
import Wire

/// The statements about heartbeats, under the names of their files.
enum BeatQueries {
  static let all: [any CheckedStatement] = [write]

  static let write = Query<[AgentID], BeatHeard.Columns>(
    "write_beats", PackageResources.write_beats_sql, including: AgentQueries.fragments,
    [
      .init("projects") { $0.map(\.project.text) },
      .init("agents") { $0.map(\.agent.text) },
    ])
}

/// An agent of a project.
struct AgentID: Hashable, Sendable {
  let project: ProjectID
  let agent: TextKey

  init(_ project: ProjectID, _ agent: String) {
    self.project = project
    self.agent = TextKey(agent)
  }
}

/// What there is to say to an agent that beats.
struct BeatHeard: Equatable, Sendable {
  let agent: AgentID
  let time: PostgresTimestamp
  /// As it is stored: never BUSY.
  let state: AgentState
  let load: Int32
  let maxLoad: Int32
  /// Microseconds of silence after which it is dead.
  let silenceLimit: Int64
}

extension BeatHeard: DecodableRow {
  struct Columns: ColumnLayout {
    let project, agent: Column<String>
    let time: Column<PostgresTimestamp>
    let state, load, maxLoad: Column<Int32>
    let silenceLimit: Column<Int64>

    init(_ find: inout ColumnFinder) {
      project = find("project_id")
      agent = find("agent_id")
      time = find("beat_time")
      state = find("state")
      load = find("load")
      maxLoad = find("max_load")
      silenceLimit = find("silence_limit")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    agent = AgentID(ProjectID(unchecked: try row.decode(columns.project)), try row.decode(columns.agent))
    time = try row.decode(columns.time)
    state = AgentState(rawValue: try row.decode(columns.state))
    load = try row.decode(columns.load)
    maxLoad = try row.decode(columns.maxLoad)
    silenceLimit = try row.decode(columns.silenceLimit)
  }
}
