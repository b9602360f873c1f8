import EventLoop
import GRPC
import Postgres
import StandardServices
import Synchronization

/// Asks the database for a sign of life again and again, and tells grpc.health.v1 and the details of
/// the health RPC what came of it.
///
/// Names: the empty one, `readiness` and each service follow the database; `liveness` is SERVING as
/// long as the process answers; `startup` once it has been ready.
package final class HealthMonitor: Sendable {
  /// The last probe of the database.
  package struct Observation: Sendable {
    package var readiness = Readiness.starting
    /// Round trip of the last probe that was answered.
    package var databaseLatency = Duration.zero
    package var databaseProblem: String?
    package var isStorageFull = false
  }

  package let statuses = HealthStatuses()
  private let pool: PostgresPool
  private let loop: EventLoop
  private let services: [String]
  private let interval: Duration
  private let isStorageFull: @Sendable () -> Bool
  private let log: Log
  private let observation = Mutex(Observation())
  private let isStopping = Atomic<Bool>(false)

  /// - Parameters:
  ///   - services: Full names that follow the database.
  ///   - interval: Between two probes. Default half a second.
  package init(
    services: [String], pool: PostgresPool, loop: EventLoop, log: Log,
    interval: Duration = .milliseconds(500), isStorageFull: @escaping @Sendable () -> Bool
  ) {
    self.services = services
    self.pool = pool
    self.loop = loop
    self.log = log
    self.interval = interval
    self.isStorageFull = isStorageFull
    statuses.set(.serving, for: "liveness")
    statuses.set(.notServing, for: "startup")
    publish(.starting)
  }

  package var current: Observation { observation.withLock { $0 } }

  /// Probes until its task is cancelled. Run it on the monitor's loop.
  package func run() async {
    while !Task.isCancelled {
      await probe()
      do throws(CancellationError) { try await loop.sleep(for: interval) } catch { return }
    }
  }

  /// Says NOT_SERVING from now on, so that balancers look elsewhere while calls in flight end.
  package func stop() {
    isStopping.store(true, ordering: .relaxed)
    publish(.stopping)
  }

  /// Characters of a fault in the log.
  private static let logLength = 4_096

  private static let probe = Statement("health_probe", "SELECT 1")

  package func probe() async {
    let started = Instant.now
    let database: Readiness.DatabaseState
    // What the database or the system says: for the log only.
    var fault = ""
    do throws(PostgresError) {
      _ = try await pool.lookup(Self.probe, [])
      database = .answered
    } catch {
      database = error.isPoolExhausted ? .busy : .failed(error.ownWords)
      fault = error.isPoolExhausted ? "" : ": \(String(error.description.prefix(Self.logLength)))"
    }
    let isFull = isStorageFull()
    let readiness = Readiness.judge(
      database: database, isStorageFull: isFull, isStopping: isStopping.load(ordering: .relaxed),
      before: current.readiness)
    observation.withLock { observation in
      observation.isStorageFull = isFull
      switch database {
      case .answered:
        observation.databaseProblem = nil
        observation.databaseLatency = Instant.now - started
      case .busy: break
      case .failed(let problem): observation.databaseProblem = problem
      }
    }
    publish(readiness, fault: fault)
  }

  private func publish(_ readiness: Readiness, fault: String = "") {
    let before = observation.withLock { observation in
      defer { observation.readiness = readiness }
      return observation.readiness
    }
    let status: HealthStatuses.Status = readiness == .ready ? .serving : .notServing
    for name in ["", "readiness"] + services { statuses.set(status, for: name) }
    if readiness == .ready { statuses.set(.serving, for: "startup") }
    guard readiness != before else { return }
    switch readiness {
    case .ready: log.info("ready")
    case .notReady(let reason): log.warning("not ready: \(reason)\(fault)")
    case .starting, .stopping: break
    }
  }
}
