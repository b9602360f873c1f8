import EventLoop
import Postgres

/// Work that no call waits for: partitions ahead of need; answers, operations, leases and holds that are over. Confined to
/// `loop`. A failure is tried again at the next interval; partitions reach far enough ahead for many.
final class Maintenance: @unchecked Sendable {
  private let pool: PostgresPool
  private let loop: EventLoop
  private let configuration: JournalConfiguration
  private let bell: Bell
  private var task: Task<Void, Never>?
  private var isStopped = false
  private var nextSweep = Instant(nanoseconds: 0)

  /// Rows deleted at once: a transaction of a few milliseconds, so that no feed waits for it.
  private static let sweepBatch: Int64 = 1000
  private static let projectPage: Int64 = 1000

  init(pool: PostgresPool, loop: EventLoop, _ configuration: JournalConfiguration) {
    self.pool = pool
    self.loop = loop
    self.configuration = configuration
    bell = Bell(loop: loop)
  }

  func start() {
    loop.assertOnLoop()
    task = loop.startTask { [self] in
      while !isStopped {
        try? await extend()
        if loop.now >= nextSweep {
          nextSweep = loop.now + configuration.sweepInterval
          try? await sweep()
        }
        if !isStopped { await bell.wait(atMost: configuration.maintenanceInterval) }
      }
    }
  }

  func stop() async {
    loop.assertOnLoop()
    isStopped = true
    bell.ring()
    await task?.value
  }

  /// Makes the partitions that positions will reach next. Gives up quickly when a long query is in the way,
  /// rather than let others queue behind it.
  func extend() async throws(PostgresError) {
    let (size, ahead) = (configuration.partitionSize, configuration.partitionsAhead)
    _ = try await pool.transaction(TransactionOptions(lockTimeout: .milliseconds(500))) {
      tx throws(PostgresError) in
      try await tx.commit([JournalQueries.extendJournal.bind((size, ahead))])
    }
  }

  /// Deletes what is over and no longer kept.
  func sweep() async throws(PostgresError) {
    var last = ""
    while !isStopped {
      let page = try await pool.read(JournalQueries.projectIDs, (last, Self.projectPage)).values()
      for project in page {
        last = project
        try await sweep(last)
      }
      if page.count < Self.projectPage { return }
    }
  }

  private func sweep(_ project: String) async throws(PostgresError) {
    let ended = configuration.endedOperationLifetime / .seconds(1)
    let dead = configuration.deadLeaseLifetime / .seconds(1)
    let sweeps: [BoundStatement] = [
      JournalQueries.sweepRequests.bind((project, Self.sweepBatch)),
      JournalQueries.sweepOperations.bind((project, ended, Self.sweepBatch)),
      JournalQueries.sweepLeases.bind((project, dead, Self.sweepBatch)),
      JournalQueries.sweepHolds.bind((project, Self.sweepBatch)),
    ]
    for sweep in sweeps {
      while !isStopped {
        let swept = try await pool.write(sweep.statement, sweep.parameters)
        if swept.affectedCount < Self.sweepBatch { break }
      }
    }
  }
}
