import EventLoop

/// Look-ups of one loop: those that start in one turn share a connection, a sync and a system call.
///
/// A connection is held while look-ups are under way on it. Confined to the pool's loop.
final class LookupLane: ConnectionClient, @unchecked Sendable {
  private unowned let pool: LoopPool
  private var connections: [Connection] = []
  private var waiting = Ring<Call>()
  private var requests = 0
  /// Taken again when it is idle: its plans and the backend's caches are warm.
  private var favourite: Int?

  /// Look-ups under way on each connection before another one is taken, if more are allowed.
  private static let worthAnother = 32

  init(pool: LoopPool) { self.pool = pool }

  func start(_ call: Call) {
    guard waiting.isEmpty, let connection = roomiest() else {
      waiting.append(call)
      request()
      return
    }
    send(call, on: connection)
  }

  private func send(_ call: Call, on connection: Connection) {
    if connection.send(call, .eachResult) { pool.loop.needsFlush(connection) }
  }

  /// The connection with the fewest look-ups under way, if it may take another.
  private func roomiest() -> Connection? {
    // Whoever waits for a connection gets this one when it has drained.
    if pool.mustShare { return nil }
    var best: Connection?
    for connection in connections
    where connection.isOpen && connection.callsUnderWay < pool.configuration.lookupDepth {
      if let current = best, current.callsUnderWay <= connection.callsUnderWay { continue }
      best = connection
    }
    if let best, best.callsUnderWay >= Self.worthAnother { request() }
    return best
  }

  private func request() {
    guard requests == 0, connections.count < pool.configuration.lookupConnectionsPerLoop else { return }
    requests += 1
    pool.acquire(preferred: favourite) { [self] result in
      requests -= 1
      switch result {
      case .success(let connection): adopt(connection)
      case .failure(let error):
        for call in waiting.removeAll() { call.finish(.failure(error)) }
      }
    }
  }

  private func adopt(_ connection: Connection) {
    connection.client = self
    connections.append(connection)
    favourite = connection.id
    connection.ensure(pool.shared.readTimeouts, .eachResult)
    sendWaiting(on: connection)
    if connection.isBusy {
      pool.loop.needsFlush(connection)
    } else {
      release(connection)
    }
  }

  private func sendWaiting(on connection: Connection) {
    while connection.callsUnderWay < pool.configuration.lookupDepth, let call = waiting.popFirst() {
      send(call, on: connection)
    }
  }

  // MARK: What the connection tells

  func mustRunAgain(_ call: Call, on connection: Connection) {
    // By itself: whatever was sent before it in this turn gets a sync of its own first.
    connection.sync()
    connection.send(call, .eachResult)
    connection.sync()
  }

  func progressed(_ connection: Connection) {
    if !waiting.isEmpty, !pool.mustShare {
      sendWaiting(on: connection)
      pool.loop.needsFlush(connection)
    }
    guard !connection.isBusy else { return }
    release(connection)
    if !waiting.isEmpty { request() }
  }

  private func release(_ connection: Connection) {
    connections.removeAll { $0 === connection }
    pool.release(connection)
  }

  func lost(_ calls: [(member: Call, fate: PipelineMachine<Call>.Fate)], _ error: PostgresError) {
    connections.removeAll { !$0.isOpen }
    let failure = pool.shared.explain(error)
    for (call, _) in calls {
      // Reads can be run again; one that keeps taking its connection down is given up.
      if call.waiter == nil || call.attempts >= 2 {
        call.finish(.failure(failure))
      } else {
        waiting.append(call)
      }
    }
    if !waiting.isEmpty { request() }
  }

  func segmentEnded(_: [Call], failed _: Bool, on _: Connection) {}
}
