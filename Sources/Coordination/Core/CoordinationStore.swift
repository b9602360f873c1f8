import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests

/// What all rooms of this module stand on: the journal, what happened with agents and tasks, and who of this server waits for
/// it.
package struct CoordinationStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
  let configuration: CoordinationConfiguration
  /// What happened with agents and tasks.
  let feed: Feed<CoordinationEventRow>
  let wakes = Wakes()
  /// When tasks of projects come due.
  let dues = DueClock()
  /// Heartbeats, as this server hears them.
  let beats: Beats
  /// Told when a project says anew when its agents are dead.
  let policies = Nudge()
  /// What other servers do with agents that have streams here.
  let workWatch: WorkWatch

  /// Before ``Journal/start()``, because of the feed.
  init(journal: Journal, pool: PostgresPool, configuration: CoordinationConfiguration) {
    self.journal = journal
    self.pool = pool
    self.configuration = configuration
    feed = journal.feed(of: CoordinationEventRow.self)
    workWatch = WorkWatch(feed, wakes)
    beats = Beats(pool: pool, warn: configuration.warn)
  }
}
