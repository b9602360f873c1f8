import CairnAPI
import EventLoop
import GRPC
import Journal
import Wire

/// cairn.v1.OperationsService: the server's health in detail.
package struct OperationsService: OperationsServiceProvider {
  private let monitor: HealthMonitor
  private let journal: Journal
  private let started = Instant.now

  package init(monitor: HealthMonitor, journal: Journal) {
    self.monitor = monitor
    self.journal = journal
  }

  package func getHealth(
    _ request: GetHealthRequest, _ call: CallContext
  ) async throws(RPCError) -> ServerHealth {
    let now = Instant.now
    let seen = monitor.current
    var health = ServerHealth()
    (health.state, health.reason) = Self.state(seen.readiness)
    health.uptime = .init(now - started)
    health.dependencies = [
      Self.dependency("database", latency: seen.databaseLatency, problem: seen.databaseProblem),
      Self.dependency(
        "storage", latency: .zero, problem: seen.isStorageFull ? "no space is left on the disk" : nil),
      Self.dependency(
        "journal", latency: journal.status.lag(at: now), problem: Self.problem(of: journal.status)),
    ]
    health.feeds = journal.watchers.map { watchers in
      var feed = FeedHealth()
      feed.name = watchers.feed
      feed.watchers = Int64(watchers.count)
      return feed
    }
    return health
  }

  private static func state(_ readiness: Readiness) -> (ServerState, String) {
    switch readiness {
    case .starting: (.starting, "")
    case .ready: (.ready, "")
    case .notReady(let reason): (.notReady, reason)
    case .stopping: (.stopping, "the server is shutting down")
    }
  }

  private static func problem(of status: SettleStatus) -> String? {
    status.failure ?? status.blocker.map { "feeds wait for \($0.ownWords)" }
  }

  private static func dependency(
    _ name: String, latency: Duration, problem: String?
  ) -> DependencyHealth {
    var dependency = DependencyHealth()
    dependency.name = name
    dependency.healthy = problem == nil
    dependency.latency = .init(latency)
    dependency.problem = problem ?? ""
    return dependency
  }
}
