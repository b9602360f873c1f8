/// Writes that share one transaction: one batch on its way to the database and back. Confined to the
/// pool's loop.
///
/// A caller is told of success only when the batch's sync has arrived: results come before the
/// commit, and a later failure takes them back. A batch that fails is run again one by one, on the
/// same connection, or on another one when this one's session is of no use any more: on one at a time, and in the turn
/// of the batch.
final class WriteBatch: ConnectionClient {
  private let pool: LoopPool
  private let prologue: [BoundStatement]
  private var sent: [PendingStatement]
  /// Whether writes are run one by one, after all of them together have failed.
  private var isApart = false
  /// Those to be run on another connection, when this one is back.
  private var left: [PendingStatement] = []
  /// Called once; nil when it was, or when nobody asks.
  private var whenCommitting: (() -> Void)?
  private let completion: () -> Void

  private static let delivery = Pipeline.Delivery.atSync(commits: true)

  /// - Parameters:
  ///   - whenCommitting: Called when all statements have been run, and only the commit is to come or to go. To know it
  ///     takes another packet from the server.
  ///   - completion: Called when all writes are settled and the connection is back.
  init(
    pool: LoopPool, prologue: [BoundStatement], whenCommitting: (() -> Void)? = nil,
    completion: @escaping () -> Void
  ) {
    self.pool = pool
    self.prologue = prologue
    self.whenCommitting = whenCommitting
    self.completion = completion
    sent = []
  }

  /// Sends writes, and returns those that are more than the bytes of a batch.
  func start(_ writes: [PendingStatement], on connection: Connection) -> ArraySlice<PendingStatement> {
    connection.client = self
    begin(connection)
    var bytes = 0
    var rest = writes[...]
    while bytes < pool.configuration.writeBatchBytes, let write = rest.popFirst() {
      // One that cannot be encoded has been told so, and the others do not mind.
      guard connection.send(write, delivery: Self.delivery) else { continue }
      bytes += connection.lastParameterBytes
      sent.append(write)
    }
    if whenCommitting != nil { connection.requestResults() }
    connection.sync()
    if !connection.isBusy { finish(connection) }
    return rest
  }

  private func begin(_ connection: Connection) {
    connection.ensure(pool.shared.writeTimeouts, delivery: Self.delivery)
    for statement in prologue { connection.send(PendingStatement(statement), delivery: Self.delivery) }
  }

  func segmentEnded(_ members: [PendingStatement], failed: Bool, on connection: Connection) {
    // The prologue and other statements of ours are members too.
    let writes = members.filter(\.isAwaited)
    if !failed {
      for write in writes { write.finish(write.outcome.take() ?? .failure(Self.noOutcome)) }
    } else if let error = Self.failure(before: writes, in: members),
      !mayRunAgain(after: error, members, on: connection)
    {
      for write in writes { write.finish(.failure(error)) }
    } else if writes.count == 1 {
      settleFailure(of: writes[0], among: members, on: connection)
    } else {
      isApart = true
      for write in writes { runAgain(write, on: connection) }
    }
  }

  /// While all share a transaction, one caller who waits is enough.
  func isAbandoned(_ connection: Connection) -> Bool {
    if isApart { return connection.machine.current?.isAbandoned ?? false }
    return sent.contains(where: \.isAwaited) && sent.allSatisfy { !$0.isAwaited || $0.isAbandoned }
  }

  private static let noOutcome = PostgresError(.invalidResult, "a write without a result")

  /// The write was alone: the error is its own, or that of what was run before it.
  private func settleFailure(
    of write: PendingStatement, among members: [PendingStatement], on connection: Connection
  ) {
    let error = members.lazy.compactMap(\.error).first { $0.kind != .skipped } ?? Self.noOutcome
    if mayRunAgain(after: error, members, on: connection), write.attempts < PendingStatement.maximumAttempts {
      runAgain(write, on: connection)
    } else {
      write.finish(.failure(error))
    }
  }

  /// What went wrong before the first of the writes, which concerns them all: as when others hold what the prologue
  /// locks. Nil when one of the writes failed, or only the commit.
  private static func failure(before writes: [PendingStatement], in members: [PendingStatement])
    -> PostgresError?
  {
    guard let failed = members.first(where: { $0.error != nil && $0.error?.kind != .skipped }) else {
      return nil
    }
    return !failed.isAwaited && !writes.isEmpty ? failed.error : nil
  }

  private func mayRunAgain(
    after error: PostgresError, _ members: [PendingStatement], on connection: Connection
  ) -> Bool {
    error.isStalePlan || connection.isStale || members.contains(where: \.wasInterrupted)
  }

  /// Runs a write alone, on another connection when this one is of no use any more.
  private func runAgain(_ write: PendingStatement, on connection: Connection) {
    write.outcome = nil
    if write.isAbandoned { return write.finish(.failure(.cancelledByCaller)) }
    if connection.isStale { return left.append(write) }
    begin(connection)
    connection.send(write, delivery: Self.delivery)
    connection.sync()
  }

  func progressed(_ connection: Connection) {
    if !connection.isBusy {
      finish(connection)
    } else if connection.machine.awaitsOnlySync {
      isNowCommitting()
    }
  }

  private func isNowCommitting() { whenCommitting.take()?() }

  private func finish(_ connection: Connection) {
    pool.release(connection)
    goOn()
  }

  /// Goes on with what is left on another connection.
  private func goOn() {
    let writes = left
    left = []
    isNowCommitting()
    guard !writes.isEmpty else { return completion() }
    isApart = true
    pool.acquire(isAbandoned: { writes.allSatisfy(\.isAbandoned) }) { [self] result in
      switch result {
      case .failure(let error):
        for write in writes { write.finish(.failure(error)) }
        completion()
      case .success(let connection):
        connection.client = self
        for write in writes { runAgain(write, on: connection) }
        if !connection.isBusy { finish(connection) }
      }
    }
  }

  func lost(_ members: [(member: PendingStatement, fate: Pipeline.Fate)], because error: PostgresError) {
    let unknown = PostgresError(
      .outcomeUnknown,
      "\(error.message); whether the write was committed must be found out before it is sent again",
      server: error.server)
    let lost = pool.shared.explain(error)
    for (write, fate) in members where write.isAwaited {
      write.finish(.failure(fate == .unknown ? unknown : lost))
    }
    goOn()
  }

  func mustRunAgain(_: PendingStatement, on _: Connection) {}
}

extension LoopPool {
  /// Runs one write as a batch of its own, when it has a turn among `turns`.
  func startWrite(_ write: PendingStatement, in turns: Turns?, prologue: [BoundStatement]) {
    guard let turns else { return startWrite(write, prologue: prologue) {} }
    _ = turns.enter(isAbandoned: { write.isAbandoned }) { [self] result in
      switch result {
      case .failure(let error): write.finish(.failure(error))
      case .success:
        if write.isAbandoned {
          write.finish(.failure(.cancelledByCaller))
          return turns.leave()
        }
        startWrite(write, prologue: prologue) { turns.leave() }
      }
    }
  }

  private func startWrite(
    _ write: PendingStatement, prologue: [BoundStatement], completion: @escaping () -> Void
  ) {
    acquire(isAbandoned: { write.isAbandoned }) { [self] result in
      switch result {
      case .failure(let error):
        write.finish(.failure(error))
        completion()
      case .success(let connection):
        if write.isAbandoned {
          write.finish(.failure(.cancelledByCaller))
          release(connection)
          return completion()
        }
        _ = WriteBatch(pool: self, prologue: prologue, completion: completion).start([write], on: connection)
      }
    }
  }
}
