/// Writes that share one transaction: one batch on its way to the database and back. Confined to the
/// pool's loop.
///
/// A caller is told of success only when the batch's sync has arrived: results come before the
/// commit, and a later failure takes them back. A batch that fails is run again one by one, on the
/// same connection.
final class WriteBatch: ConnectionClient {
  private let pool: LoopPool
  private let prologue: [BoundStatement]
  private var calls: [Call]
  /// Whether writes are run one by one, after all of them together have failed.
  private var isApart = false
  private let completion: () -> Void

  private static let delivery = PipelineMachine<Call>.Delivery.atSync(commits: true)

  /// - Parameter completion: Called when all writes are settled and the connection is back.
  init(pool: LoopPool, prologue: [BoundStatement], completion: @escaping () -> Void) {
    self.pool = pool
    self.prologue = prologue
    self.completion = completion
    calls = []
  }

  /// Sends what `next` yields, within the bounds of a batch.
  func start(on connection: Connection, _ next: () -> Call?) {
    connection.client = self
    begin(connection)
    var bytes = 0
    while calls.count < pool.configuration.writeBatchSize, bytes < pool.configuration.writeBatchBytes,
      let call = next()
    {
      // One that cannot be encoded has been told so, and the others do not mind.
      guard connection.send(call, Self.delivery) else { continue }
      bytes += connection.lastParameterBytes
      calls.append(call)
    }
    connection.sync()
    if !connection.isBusy { finish(connection) }
  }

  private func begin(_ connection: Connection) {
    connection.ensure(pool.shared.writeTimeouts, Self.delivery)
    for statement in prologue { connection.send(Call(statement), Self.delivery) }
  }

  func segmentEnded(_ members: [Call], failed: Bool, on connection: Connection) {
    // The prologue and other statements of ours are members too.
    let writes = members.filter { $0.waiter != nil }
    if !failed {
      for call in writes { call.finish(call.outcome.take() ?? .failure(Self.noOutcome)) }
    } else if let error = Self.failure(before: writes, in: members),
      !mayRunAgain(after: error, members, on: connection)
    {
      for call in writes { call.finish(.failure(error)) }
    } else if writes.count == 1 {
      settleFailure(of: writes[0], among: members, on: connection)
    } else {
      isApart = true
      for call in writes { runAgain(call, on: connection) }
    }
  }

  /// While all share a transaction, one caller who waits is enough.
  func isAbandoned(_ connection: Connection) -> Bool {
    if isApart { return connection.machine.current?.isAbandoned ?? false }
    return calls.contains { $0.waiter != nil } && calls.allSatisfy { $0.waiter == nil || $0.isAbandoned }
  }

  private static let noOutcome = PostgresError(.invalidResult, "a write without a result")

  /// The write was alone: the error is its own, or that of what was run before it.
  private func settleFailure(of call: Call, among members: [Call], on connection: Connection) {
    let error = members.lazy.compactMap(\.error).first { $0.kind != .skipped } ?? Self.noOutcome
    if mayRunAgain(after: error, members, on: connection), call.attempts < Call.maximumAttempts {
      runAgain(call, on: connection)
    } else {
      call.finish(.failure(error))
    }
  }

  /// What went wrong before the first of the writes, which concerns them all: as when others hold what the prologue
  /// locks. Nil when one of the writes failed, or only the commit.
  private static func failure(before writes: [Call], in members: [Call]) -> PostgresError? {
    guard let failed = members.first(where: { $0.error != nil && $0.error?.kind != .skipped }) else {
      return nil
    }
    return failed.waiter == nil && !writes.isEmpty ? failed.error : nil
  }

  private func mayRunAgain(
    after error: PostgresError, _ members: [Call], on connection: Connection
  ) -> Bool {
    error.isStalePlan || connection.isStale || members.contains(where: \.wasInterrupted)
  }

  /// Runs a write alone, on another connection when this one is of no use any more.
  private func runAgain(_ call: Call, on connection: Connection) {
    call.outcome = nil
    if call.isAbandoned { return call.finish(.failure(.cancelledByCaller)) }
    if connection.isStale { return pool.startWrite(call, in: nil, prologue: prologue) }
    begin(connection)
    connection.send(call, Self.delivery)
    connection.sync()
  }

  func progressed(_ connection: Connection) {
    if !connection.isBusy { finish(connection) }
  }

  private func finish(_ connection: Connection) {
    pool.release(connection)
    completion()
  }

  func lost(_ members: [(member: Call, fate: PipelineMachine<Call>.Fate)], _ error: PostgresError) {
    let unknown = PostgresError(
      .outcomeUnknown,
      "\(error.message); whether the write was committed must be found out before it is sent again",
      server: error.server)
    let lost = pool.shared.explain(error)
    for (call, fate) in members where call.waiter != nil {
      call.finish(.failure(fate == .unknown ? unknown : lost))
    }
    completion()
  }

  func mustRunAgain(_: Call, on _: Connection) {}
}

extension LoopPool {
  /// Runs one write as a batch of its own, when it has a turn among `turns`.
  func startWrite(_ call: Call, in turns: Turns?, prologue: [BoundStatement]) {
    guard let turns else { return startWrite(call, prologue: prologue) {} }
    _ = turns.enter { [self] result in
      switch result {
      case .failure(let error): call.finish(.failure(error))
      case .success:
        if call.isAbandoned {
          call.finish(.failure(.cancelledByCaller))
          return turns.leave()
        }
        startWrite(call, prologue: prologue) { turns.leave() }
      }
    }
  }

  private func startWrite(
    _ call: Call, prologue: [BoundStatement], completion: @escaping () -> Void
  ) {
    acquire { [self] result in
      switch result {
      case .failure(let error):
        call.finish(.failure(error))
        completion()
      case .success(let connection):
        if call.isAbandoned {
          call.finish(.failure(.cancelledByCaller))
          release(connection)
          return completion()
        }
        var next: Call? = call
        WriteBatch(pool: self, prologue: prologue, completion: completion)
          .start(on: connection) { next.take() }
      }
    }
  }
}
