import EventLoop
import GRPC
import Journal
import Postgres
import Synchronization

/// Writes the heartbeats that this server hears: those of a tick in one statement, on the connection that is kept for the
/// server's own upkeep, which no number of calls can keep busy. When an agent was heard is the time at which that statement
/// runs, by the clock of the database.
///
/// A dead agent that is noted is revived by whoever is told of it (``start(on:revive:)``); one for which a call waits by the call.
final class Beats: Sendable {
  private typealias Caller = UnsafeContinuation<Result<BeatHeard?, RPCError>, Never>

  private struct State {
    var gathering = BeatGathering()
    /// Calls that wait to hear what there is to say.
    var waiting: [AgentID: [Caller]] = [:]
    var isStopped = false
    /// When those that are being written were due.
    var writing: Instant?

    mutating func take(at now: Instant) -> [AgentID]? {
      let due = gathering.due
      guard let agents = gathering.take(at: now) else { return nil }
      writing = due
      return agents
    }
  }

  private let pool: PostgresPool
  private let warn: @Sendable (String) -> Void
  private let state = Mutex(State())
  /// Nil before the start.
  private let run = Mutex<Run?>(nil)

  private struct Run {
    let bell: Confined<Bell>
    let task: Task<Void, Never>
  }

  /// Agents of one statement: some 20 ms of work for PostgreSQL.
  private static let chunk = 5_000
  /// How long after a failure the same heartbeats are tried again.
  private static let pause = Duration.seconds(1)

  init(pool: PostgresPool, warn: @escaping @Sendable (String) -> Void) {
    self.pool = pool
    self.warn = warn
  }

  /// - Parameters:
  ///   - loop: Where it works.
  ///   - revive: Given each dead agent that was noted.
  func start(on loop: EventLoop, revive: @escaping @Sendable (AgentID) async -> Void) {
    let bell = Confined(Bell(loop: loop), to: loop)
    run.withLock {
      $0 = Run(bell: bell, task: bell.task { [self] bell in await work(bell, on: loop, revive) })
    }
  }

  /// Whether some that should have been written were not. From any thread.
  var isBehind: Bool {
    let due = state.withLock { $0.writing ?? $0.gathering.due }
    return due.map { $0 + Self.pause < .now } ?? false
  }

  /// Notes that an agent lives. From any thread.
  ///
  /// - Parameter delay: How much later at most that is written.
  func note(_ agent: AgentID, within delay: Duration) {
    let due = Instant.now + delay
    if state.withLock({ $0.gathering.add(agent, by: due) }) { ring() }
  }

  /// Notes that an agent lives, and waits until that is written, with all that come meanwhile. Nil when there is no such
  /// agent.
  func beat(_ agent: AgentID) async throws(RPCError) -> BeatHeard? {
    let result = await withUnsafeContinuation { (caller: Caller) in
      let mustRing: Bool? = state.withLock { state in
        if state.isStopped { return nil }
        state.waiting[agent, default: []].append(caller)
        return state.gathering.add(agent, by: .now)
      }
      guard let mustRing else { return caller.resume(returning: .failure(.stopsHearing)) }
      if mustRing { ring() }
    }
    return try result.get()
  }

  /// Ends after the statement under way.
  func stop() async {
    state.withLock { $0.isStopped = true }
    ring()
    await run.withLock { $0 }?.task.value
    let left: [AgentID: [Caller]] = state.withLock { state in
      let left = state.waiting
      state.waiting = [:]
      return left
    }
    for caller in left.values.joined() { caller.resume(returning: .failure(.stopsHearing)) }
  }

  private func ring() { run.withLock { $0 }?.bell.execute { $0.ring() } }

  private func work(
    _ bell: Bell, on loop: EventLoop, _ revive: @escaping @Sendable (AgentID) async -> Void
  ) async {
    while true {
      let (due, isStopped) = state.withLock { ($0.gathering.due, $0.isStopped) }
      if isStopped { return }
      let now = Instant.now
      if let agents = state.withLock({ $0.take(at: now) }) {
        let dead = await write(agents)
        state.withLock { $0.writing = nil }
        for agent in dead { loop.startTask { await revive(agent) } }
      } else {
        await bell.wait(atMost: due.map { $0 - now } ?? .seconds(3_600))
      }
    }
  }

  /// Returns the dead that were noted.
  private func write(_ agents: [AgentID]) async -> [AgentID] {
    var dead: [AgentID] = []
    var rest = agents[...]
    while !rest.isEmpty {
      let chunk = Array(rest.prefix(Self.chunk))
      rest = rest.dropFirst(chunk.count)
      do throws(PostgresError) {
        let heard: [BeatHeard] = try await pool.upkeep(BeatQueries.write, chunk).decoded()
        dead += tell(chunk, heard)
      } catch {
        let failure = RPCError(error)
        answer(chunk) { _ in .failure(failure) }
        warn("\(chunk.count) heartbeats could not be written and will be tried again: \(error)")
        for agent in chunk { note(agent, within: Self.pause) }
      }
    }
    return dead
  }

  private func tell(_ agents: [AgentID], _ heard: [BeatHeard]) -> [AgentID] {
    let byAgent = Dictionary(uniqueKeysWithValues: heard.map { ($0.agent, $0) })
    let told = answer(agents) { .success(byAgent[$0]) }
    return heard.filter { $0.state == .dead && !told.contains($0.agent) }.map(\.agent)
  }

  /// Answers the calls that wait for these agents; returns those for whom one did.
  @discardableResult
  private func answer(
    _ agents: [AgentID], _ result: (AgentID) -> Result<BeatHeard?, RPCError>
  ) -> Set<AgentID> {
    var told: Set<AgentID> = []
    for agent in agents {
      guard let waiting = state.withLock({ $0.waiting.removeValue(forKey: agent) }) else { continue }
      told.insert(agent)
      for continuation in waiting { continuation.resume(returning: result(agent)) }
    }
    return told
  }
}

extension RPCError {
  fileprivate static var stopsHearing: RPCError {
    RPCError(.unavailable, .shuttingDown, "the server is stopping")
  }
}
