import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// The services of this module, one for each feature, over the same tables.
package struct SessionServices: Sendable {
  package let all: [any RPCService]
  /// What changes left, for feeds of several kinds.
  package let resources: [ChangedResources<WellKnown.`Any`>]
  let sessions: SessionStore
  let recordings: RecordingStore
  let analytics: AnalyticsStore

  /// What writes of several kinds do here.
  package var commits: SessionCommits { SessionCommits(sessions: sessions) }

  /// What keeps versions here, for ``Journal/register(_:)``.
  package var kinds: [VersionedKind] { [sessions.kind] }

  /// Before ``Journal/start()``, because logs have feeds of their own.
  ///
  /// - Parameter blocking: For work that would hold up a loop, such as reading a thousand events.
  package init(
    journal: Journal, pool: PostgresPool, blocking: BlockingPool,
    configuration: SessionConfiguration = SessionConfiguration()
  ) {
    sessions = SessionStore(journal: journal, pool: pool, configuration: configuration)
    resources = [sessions.changed.packed(journal)]
    recordings = RecordingStore(sessions: sessions)
    analytics = AnalyticsStore(sessions: sessions)
    let log = LogStore(sessions: sessions, blocking: blocking)
    all = [
      SessionService(
        journal: journal, store: sessions, log: log, checkpoints: CheckpointStore(sessions: sessions),
        forks: ForkStore(sessions: sessions), purges: PurgeStore(sessions: sessions), blocking: blocking),
      ReplayService(store: ReplayStore(log: log, recordings: recordings)),
      SessionInsightService(
        journal: journal, store: InsightStore(sessions: sessions, blocking: blocking)),
      SessionAnalyticsService(journal: journal, store: analytics),
    ]
  }
}
