import EventLoop

extension LoopPool {
  /// Waits for a connection; withdraws when the task is cancelled.
  ///
  /// - Parameter turns: Waits for one of these first.
  func lease(_ turns: Turns?) async throws(PostgresError) -> ExclusiveLease {
    if Task.isCancelled {
      turns?.leftUnused()
      throw .cancelledByCaller
    }
    let request = LeaseRequest(self, turns)
    let confined = Confined(request, to: loop)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { request.start($0) }
    } onCancel: {
      confined.execute { $0.cancel() }
    }
    guard let result = request.result else { throw .cancelledByCaller }
    return try result.get()
  }
}

/// One task that waits for a connection.
private final class LeaseRequest {
  private enum State {
    case idle
    case waitsForTurn(Int)
    case waitsForConnection(Int)
  }

  private let pool: LoopPool
  private let turns: Turns?
  private var waiter: UnsafeContinuation<Void, Never>?
  /// Set before the task goes on.
  private(set) var result: Result<ExclusiveLease, PostgresError>?
  private var state = State.idle

  init(_ pool: LoopPool, _ turns: Turns?) {
    self.pool = pool
    self.turns = turns
  }

  func start(_ continuation: UnsafeContinuation<Void, Never>) {
    waiter = continuation
    guard let turns else { return acquire() }
    let number = turns.enter { [self] result in
      switch result {
      case .success: acquire()
      case .failure(let error): finish(.failure(error))
      }
    }
    if waiter != nil, case .idle = state { state = .waitsForTurn(number) }
  }

  private func acquire() {
    // Either of them may answer at once.
    state = .waitsForConnection(0)
    let number = pool.acquire { [self] result in
      switch result {
      case .success(let connection):
        finish(.success(ExclusiveLease(pool: pool, connection, turns)))
      case .failure(let error):
        turns?.leave()
        finish(.failure(error))
      }
    }
    if waiter != nil { state = .waitsForConnection(number) }
  }

  private func finish(_ result: Result<ExclusiveLease, PostgresError>) {
    guard let waiter = waiter.take() else { return }
    self.result = result
    waiter.resume()
  }

  func cancel() {
    guard waiter != nil else { return }
    switch state {
    case .idle: return
    case .waitsForTurn(let number): guard turns?.abandon(number) == true else { return }
    case .waitsForConnection(let number):
      guard pool.abandon(number) else { return }
      turns?.leave()
    }
    finish(.failure(.cancelledByCaller))
  }
}

extension PostgresError {
  static let cancelledByCaller = PostgresError(.cancelled, "the caller gave up")
}
