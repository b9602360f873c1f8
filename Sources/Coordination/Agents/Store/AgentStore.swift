import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Agents in PostgreSQL: the tables `agent` and `agent_beat`.
struct AgentStore: Sendable {
  let store: CoordinationStore

  private var journal: Journal { store.journal }
  private var pool: PostgresPool { store.pool }

  /// AGENT_NOT_FOUND when there is none.
  func agent(_ id: String, in project: ProjectID) async throws(RPCError) -> Agent {
    let found = try await database { () async throws(PostgresError) in
      try await pool.read(AgentQueries.find, (project, id)).first(as: StoredAgent.self)
    }
    guard let found else { throw .agentNotFound(id) }
    return found.shown
  }

  /// The agent as it is stored, for a stream that looks now and then; nil when there is none.
  func look(at id: String, in project: ProjectID) async throws(RPCError) -> StoredAgent? {
    try await database { () async throws(PostgresError) in
      try await pool.lookup(AgentQueries.find, (project, id)).first(as: StoredAgent.self)
    }
  }

  /// One page of a list: one round trip, an answer of bounded size.
  func list(_ page: ListPage, _ filter: AgentFilter) async throws(RPCError) -> ListAgentsResponse {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(
        AgentQueries.list,
        AgentQueries.page(in: page.project, after: page.after, limit: page.limit, filter))
      var response = ListAgentsResponse()
      let (agents, hasMore) = try found.page(of: page.limit - 1) { row, columns throws(PostgresError) in
        try StoredAgent(decoding: row, columns).shown
      }
      response.agents = agents
      if hasMore, let last = agents.last { response.nextPageToken = page.token(after: last.id) }
      return response
    }
  }

  /// What a write made of an agent.
  struct Written {
    let agent: Agent
    /// What became of it; nil for nothing, and of a repetition.
    var step: AgentStep?
    /// Nil when nothing was written, or the caller only asked.
    var stamp: Stamp?
  }

  /// Changes one agent in one write: two round trips.
  ///
  /// - Parameters:
  ///   - dispatches: Whether it may change to whom tasks are given.
  ///   - decide: Given nil when there is no such agent. Nil when there is nothing to change. Pure.
  @discardableResult
  func write(
    _ id: String, dispatches: Bool = true, in scope: CallScope,
    decide: @escaping (StoredAgent?) throws(RPCError) -> AgentStep?
  ) async throws(RPCError) -> Written {
    try await write(id, dispatching: dispatches ? [] : nil, in: scope) { stored, _ throws(RPCError) in
      try decide(stored)
    }
  }

  /// The same behind the dispatch lock, with what is seen there.
  @discardableResult
  func write(
    _ id: String, looking looks: [BoundStatement], in scope: CallScope,
    decide: @escaping (StoredAgent?, [Rows]) throws(RPCError) -> AgentStep?
  ) async throws(RPCError) -> Written {
    try await write(id, dispatching: looks, in: scope, decide: decide)
  }

  /// - Parameter looks: Run behind the dispatch lock; nil: without it.
  private func write(
    _ id: String, dispatching looks: [BoundStatement]?, in scope: CallScope,
    decide: @escaping (StoredAgent?, [Rows]) throws(RPCError) -> AgentStep?
  ) async throws(RPCError) -> Written {
    let lock = WriteLock(.agent, rows: [id], [AgentQueries.lock.bind((scope.project, id))])
    let locks = [lock] + (looks.map { [DispatchLock.lock(scope.project, $0)] } ?? [])
    let result = try await journal.write(in: scope, locking: locks) { locked throws(RPCError) in
      let stored = try database { () throws(PostgresError) in
        try AgentQueries.lock.results(locked.rows[0]).first(as: StoredAgent.self)
      }
      guard let step = try decide(stored, Array(locked.rows.dropFirst(2))) else {
        let agent = stored?.shown ?? Agent()
        return WritePlan(Written(agent: agent), answer: { agent.serializedBytes() })
      }
      let planned = step.planned(over: stored)
      return WritePlan(
        statements: [AgentQueries.save.bind((scope, step))], changes: [],
        answer: { planned.serializedBytes() }
      ) { written in
        guard let stamp = written.stamp else { return Written(agent: planned.told(over: stored?.agent)) }
        return Written(agent: planned.stamped(stamp), step: step, stamp: stamp)
      }
    }
    switch result {
    case .repeated(let answer):
      return Written(agent: (try answer.decoded() as Agent).stamped(answer.stamp), stamp: answer.stamp)
    case .written(let write):
      if write.stamp != nil {
        if looks != nil { store.wakes.ring(.dispatch(scope.project)) }
        store.wakes.ring(.agent(scope.project, TextKey(id)))
      }
      return write.value
    }
  }
}
