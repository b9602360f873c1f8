import EventLoop

/// A connection lent to one task. Confined to its loop.
///
/// Goes back to the pool only when everything sent was answered *and* a cancel request is through:
/// a late one would hit whoever has the connection next.
final class ExclusiveLease: ConnectionClient {
  let connection: Connection
  private let pool: LoopPool
  private var waiter: UnsafeContinuation<Void, Never>?
  private var sent: [PendingStatement] = []
  private var ignoresCancel = false
  /// Tells the statements that are run from those run before.
  private var runs = 0
  private var cancelUnderWay = false
  private var cancelPause = Duration.zero
  private var cancelWaiter: UnsafeContinuation<Void, Never>?
  private(set) var lostWith: PostgresError?

  /// Those of which it has one.
  private let turns: Turns?

  init(pool: LoopPool, _ connection: Connection, _ turns: Turns?) {
    self.pool = pool
    self.turns = turns
    self.connection = connection
    connection.client = self
    lostWith = connection.isOpen ? nil : PostgresError(.connectionLost, "the connection is closed")
  }

  /// Sends statements and a sync, and returns when all are answered. Their outcomes are in the calls.
  ///
  /// While it runs, cancelling the task cancels the statement on the server, unless it commits or
  /// `isCancellable` is false.
  func run(_ statements: [PendingStatement], commits: Bool, isCancellable: Bool = true) async {
    if let lostWith {
      for statement in statements { statement.outcome = .failure(lostWith) }
      return
    }
    ignoresCancel = commits || !isCancellable
    runs += 1
    cancelPause = .milliseconds(50)
    let confined = Confined(self, to: connection.loop)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        waiter = continuation
        send(statements, commits: commits)
      }
    } onCancel: {
      confined.execute { $0.cancel() }
    }
    if cancelUnderWay {
      await withUnsafeContinuation { cancelWaiter = $0 }
    }
  }

  private func send(_ statements: [PendingStatement], commits: Bool) {
    sent = statements
    var isWhole = true
    for statement in statements {
      if isWhole {
        isWhole = connection.send(statement, delivery: .atSync(commits: commits))
      } else {
        statement.outcome = .failure(
          PostgresError(.skipped, "not sent because the statement before it could not be"))
      }
    }
    connection.sync()
    if !connection.isBusy { resume() }
  }

  private func resume() {
    sent = []
    waiter.take()?.resume()
  }

  /// Asks the server to give up what is running, and again until it has: it heeds a request only while it runs
  /// something, and one that overtakes its statement is lost.
  private func cancel() {
    guard waiter != nil, !ignoresCancel, !cancelUnderWay, let handle = connection.makeCancel() else {
      return
    }
    cancelUnderWay = true
    let request = CancelRequest(handle: handle)
    let (loop, blocking, run) = (connection.loop, pool.shared.blocking, runs)
    Confined(self, to: loop).startTask { lease in
      await blocking.run(on: loop) { request.send() }
      lease.cancelUnderWay = false
      lease.cancelWaiter.take()?.resume()
      do throws(CancellationError) { try await loop.sleep(for: lease.cancelPause) } catch { return }
      lease.cancelPause = min(lease.cancelPause * 2, .seconds(1))
      if run == lease.runs { lease.cancel() }
    }
  }

  /// Gives the connection back.
  func release() {
    pool.release(connection)
    turns?.leave()
  }

  // MARK: What the connection tells

  func segmentEnded(_: [PendingStatement], failed _: Bool, on _: Connection) { resume() }

  func lost(_ statements: [(member: PendingStatement, fate: Pipeline.Fate)], because error: PostgresError) {
    let failure = pool.shared.explain(error)
    lostWith = failure
    let isUnknown = statements.contains { $0.fate == .unknown }
    for statement in sent {
      statement.outcome = .failure(
        isUnknown ? PostgresError(.outcomeUnknown, error.message, server: error.server) : failure)
    }
    resume()
  }

  func progressed(_: Connection) {}
  /// Cancelling the task cancels the statement at once.
  func isAbandoned(_: Connection) -> Bool { false }
  func mustRunAgain(_: PendingStatement, on _: Connection) {}
}
