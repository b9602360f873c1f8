import EventLoop
import GRPC
import Postgres
import StandardServices
import TestSupport
import Testing

@testable import Operations

@Suite struct HealthMonitorTests {
  /// What a monitor says after it has probed the database behind `url`, once.
  private func statuses(_ url: String, isStorageFull: Bool = false) async throws -> [String: HealthStatuses
    .Status]
  {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let home = group.loops[0]
    var configuration = PoolConfiguration()
    configuration.acquireTimeout = .milliseconds(200)
    let pool = try PostgresPool(
      url: url, loops: group.loops, blocking: BlockingPool(threads: 1), configuration: configuration)
    let monitor = HealthMonitor(
      services: ["a.Service"], pool: pool, loop: home, log: Log(level: .error),
      isStorageFull: { isStorageFull })
    #expect(monitor.statuses.all == Self.down, "before the first probe")
    await home.run { () async in await monitor.probe() }
    let statuses = monitor.statuses.all
    await pool.close()
    return statuses
  }

  private static let down: [String: HealthStatuses.Status] = [
    "": .notServing, "a.Service": .notServing, "readiness": .notServing, "startup": .notServing,
    "liveness": .serving,
  ]

  @Test("without a database only the process is alive, and nothing has started")
  func unreachable() async throws {
    #expect(try await statuses("postgresql://nobody@/nothing?host=/nonexistent") == Self.down)
  }

  @Test("with a database all is served; without space on its disk nothing is ready")
  func reachable() async throws {
    let url = TestDatabase.clusterURL
    #expect(try await statuses(url).allSatisfy { $0.value == .serving })
    #expect(try await statuses(url, isStorageFull: true) == Self.down)
  }
}
