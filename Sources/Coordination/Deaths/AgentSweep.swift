import EventLoop
import GRPC
import Journal
import Postgres

/// Looks for agents that are silent, dead ones that are to be asked for a sign of life, and tasks whose agents do them no
/// longer, on one server at a time.
///
/// An agent is not dead because nobody could hear it: silence counts from when this server last began to look without a gap. So
/// after an outage of the database, or of all servers, agents have as long as ever to be heard.
package final class AgentSweep: Sendable {
  private let store: CoordinationStore
  private let duty: Duty

  /// How often a round of `interval` looks again where agents die early, at most: 50 times a second.
  private static let shortestPause = Duration.milliseconds(20)

  /// - Parameter loop: Where it works.
  package init(_ store: CoordinationStore, on loop: EventLoop) {
    self.store = store
    let hearing = Confined(Hearing(), to: loop)
    duty = Duty(
      "coordination.agents", journal: store.journal, on: loop, every: store.configuration.deathInterval
    ) { duty in
      do throws(RPCError) {
        try await Self.round(of: store, hearing.onLoop, on: loop, while: duty.mayGoOn)
      } catch {
        hearing.onLoop.since = nil
        store.configuration.warn("the sweep of agents failed and will be tried again: \(error.message)")
      }
    }
  }

  package func start() {
    duty.start()
    store.policies.tells { [duty] in duty.nudge() }
  }

  /// Ends after the write under way. Before the pool is closed.
  package func stop() async { await duty.stop() }

  /// Since when agents are heard. Confined to the sweep's loop.
  private final class Hearing {
    var since: PostgresTimestamp?
    var last = Instant.now
  }

  /// Looks, and does so again for as long as a round lasts where agents die earlier than the next one would see.
  private static func round(
    of store: CoordinationStore, _ hearing: Hearing, on loop: EventLoop, while mayGoOn: () async -> Bool
  ) async throws(RPCError) {
    let interval = store.configuration.deathInterval
    let end = Instant.now + interval
    while true {
      let shortest = try await look(store, hearing)
      try await sweep(store, since: hearing.since ?? .now, while: mayGoOn)
      guard let pause = shortest.map({ max($0 / 4, shortestPause) }), Instant.now + pause < end,
        (try? await loop.sleep(for: pause)) != nil, await mayGoOn()
      else { return }
    }
  }

  /// - Returns: After how short a silence some agent is dead; nil where that is long.
  private static func look(_ store: CoordinationStore, _ hearing: Hearing) async throws(RPCError) -> Duration?
  {
    let found = try await database { () async throws(PostgresError) in
      let found = try await store.pool.upkeep(DeathQueries.clock, ())
      let row = try found.rows.only()
      return (try row.decode(found.columns.now), try row.decode(found.columns.shortest))
    }
    let now = Instant.now
    let gap = now - hearing.last
    hearing.last = now
    if hearing.since == nil || gap > store.configuration.deathInterval * 3 || store.beats.isBehind {
      hearing.since = found.0
    }
    return found.1.map { Duration.microseconds($0) }
  }

  private static func sweep(
    _ store: CoordinationStore, since: PostgresTimestamp, while mayGoOn: () async -> Bool
  ) async throws(RPCError) {
    let deaths = DeathStore(store: store)
    var isDone = false
    while !isDone, await mayGoOn() {
      let counts = [
        try await deaths.declareDead(since: since), try await deaths.takeBackStranded(),
        try await deaths.takeBackLate(), try await deaths.recover(),
      ]
      isDone = counts.allSatisfy { $0 == 0 }
    }
  }
}
