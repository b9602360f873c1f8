import CairnAPI
import EventLoop
import GRPC

/// The writes of one loop that wait for rows which others are writing. They do so before they take a connection:
/// while they waited for a row lock in the database they would keep the connection from all others. Confined to its loop.
final class WriteQueue: @unchecked Sendable {
  private struct Key: Hashable {
    let project: ProjectID
    let row: RowKey
  }

  private enum Outcome { case begins, late, cancelled }

  private final class Waiter: LoopTimer {
    var continuation: UnsafeContinuation<Outcome, Never>?
    private let late: () -> Void

    init(late: @escaping () -> Void) { self.late = late }

    override func fire() { late() }
  }

  private let loop: EventLoop
  private let timeout: Duration
  private var queue: KeyQueue<Key>
  private var waiters: [Int: Waiter] = [:]
  private var last = 0

  init(_ loop: EventLoop, _ configuration: JournalConfiguration) {
    self.loop = loop
    timeout = configuration.queueTimeout
    queue = KeyQueue(limit: configuration.queuedWrites)
  }

  /// Waits for the turn of a write; ``leave(_:)`` must follow.
  ///
  /// Throws WRITE_QUEUE_FULL, CONTENTION when its turn does not come in time, CALL_CANCELLED.
  func enter(_ rows: [RowKey], in project: ProjectID) async throws(RPCError) -> Int {
    loop.assertOnLoop()
    last += 1
    let number = last
    let keys = Set(rows).map { Key(project: project, row: $0) }
    switch queue.arrive(number, for: keys, of: project.text) {
    case .begins: return number
    case .refused:
      throw RPCError(
        .resourceExhausted, .writeQueueFull,
        "\(queue.limit) writes of the project wait already for rows that others are writing",
        ["limit": String(queue.limit)], retryAfter: .milliseconds(500))
    case .waits: break
    }
    switch await wait(number) {
    case .begins: return number
    case .late:
      leave(number)
      throw RPCError(
        .aborted, .contention, "others kept writing the same resources for \(timeout); try again",
        retryAfter: .milliseconds(100))
    case .cancelled:
      leave(number)
      throw RPCError(.cancelled, .callCancelled, "the call was cancelled")
    }
  }

  func leave(_ number: Int) {
    loop.assertOnLoop()
    for next in queue.leave(number) { end(next, as: .begins) }
  }

  private func wait(_ number: Int) async -> Outcome {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if Task.isCancelled { return continuation.resume(returning: .cancelled) }
        let waiter = Waiter { [unowned self] in end(number, as: .late) }
        waiter.continuation = continuation
        waiters[number] = waiter
        loop.schedule(waiter, after: timeout)
      }
    } onCancel: {
      self.loop.execute { self.end(number, as: .cancelled) }
    }
  }

  private func end(_ number: Int, as outcome: Outcome) {
    guard let waiter = waiters.removeValue(forKey: number) else { return }
    loop.cancel(waiter)
    waiter.continuation.take()?.resume(returning: outcome)
  }
}

extension Journal {
  /// Runs a write when it is its turn for the rows that it will lock. What does not run on one of the journal's loops
  /// does not queue.
  func inTurn<T>(
    for rows: [RowKey], in scope: CallScope, write: () async throws(RPCError) -> T
  ) async throws(RPCError) -> T {
    var rows = rows
    if let request = scope.request { rows.append(request.row(in: scope)) }
    guard !rows.isEmpty, let own = loops.ofCurrentTask else { return try await write() }
    let wasThere = own.projects.contains(scope.project)
    let number = try await own.writes.enter(rows, in: scope.project)
    defer { own.writes.leave(number) }
    // It may have been deleted while the write waited.
    if wasThere { try await require(scope.project, on: own.projects.loop) }
    return try await write()
  }
}
