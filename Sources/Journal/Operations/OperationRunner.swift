import EventLoop
import GRPC
import Postgres

/// Does what operations ask for, step by step, one operation at a time. Confined to `loop`.
///
/// Who works on an operation holds a lease of a few seconds that each step renews; every step locks the
/// operation's row and sees that the lease is still its own. So a step that was overtaken writes nothing.
final class OperationRunner: @unchecked Sendable {
  private let pool: PostgresPool
  private let loop: EventLoop
  private let bell: Bell
  private let holder = UUID128.makeVersion7().description
  private var works: [String: any BackgroundWork] = [:]
  private var task: Task<Void, Never>?
  private var isStopped = false

  /// How often it is looked for work that others began, or left.
  private static let interval: Duration = .seconds(2)
  /// Pause after a failure, such as a database that is gone.
  private static let pause: Duration = .milliseconds(500)
  /// A step that fails so often in a row does not get better.
  private static let attempts = 10

  init(pool: PostgresPool, loop: EventLoop) {
    self.pool = pool
    self.loop = loop
    bell = Bell(loop: loop)
  }

  func start(_ works: [any BackgroundWork]) {
    loop.assertOnLoop()
    for work in works { self.works[work.kind] = work }
    task = loop.startTask { [self] in
      while !isStopped {
        if let operation = try? await claim() {
          await run(operation)
        } else {
          await bell.wait(atMost: Self.interval)
        }
      }
    }
  }

  func nudge() {
    loop.assertOnLoop()
    bell.ring()
  }

  func stop() async {
    loop.assertOnLoop()
    isStopped = true
    bell.ring()
    await task?.value
  }

  /// An operation that nobody holds.
  private func claim() async throws(PostgresError) -> OperationRow? {
    let rows = try await pool.write(JournalQueries.claimOperation, [holder, Array(works.keys)])
    return try rows.first.map { row throws(PostgresError) in try OperationRow(decoding: row) }
  }

  /// Works on it until it is done, or lost to somebody else.
  private func run(_ operation: OperationRow) async {
    guard let work = works[operation.kind] else { return }
    var failures = 0
    while !isStopped {
      do throws(PostgresError) {
        guard try await step(operation, work) else { return }
        failures = 0
      } catch {
        failures += 1
        if failures == Self.attempts, error.kind == .server {
          _ = try? await pool.write(
            JournalQueries.failOperation,
            [operation.project.text, operation.id, holder, RPCError(error).message])
          return
        }
        do throws(CancellationError) { try await loop.sleep(for: Self.pause) } catch { return }
      }
    }
  }

  /// One step and its progress, committed together. False when there is no next one.
  private func step(
    _ operation: OperationRow, _ work: any BackgroundWork
  ) async throws(PostgresError) -> Bool {
    let holder = holder
    return try await pool.transaction(.repeatable) { tx throws(PostgresError) in
      let key: [any PostgresValue] = [operation.project.text, operation.id, holder]
      guard let row = try await tx.query(JournalQueries.holdOperation, key).first else { return false }
      let progress = try await work.step(try OperationRow(decoding: row), tx)
      try await tx.commit([
        JournalQueries.advanceOperation.bind(key + [progress.done, progress.resume])
      ])
      return progress.resume != nil
    }
  }
}
