import EventLoop

/// Look-ups of one loop: those that start in one turn share a connection, a sync and a system call, and those of them
/// with the same statement a statement, where there is a merged one (``MergedCall``).
///
/// The connection is held while look-ups are under way on it. There are only so many at a time (``LookupDepth``); when
/// there are more, their callers take turns. Confined to the pool's loop.
final class LookupLane: ConnectionClient, Flushable, @unchecked Sendable {
  private unowned let pool: LoopPool
  private var connection: Connection?
  private var waiting = FairQueue<Int64, Call>()
  private var depth: LookupDepth
  /// Results that the connection had when the depth was last set, and their bytes.
  private var seen = (results: 0, bytes: 0)
  private var isRequesting = false
  var isQueuedForFlush = false
  /// Taken again when it is idle: its plans and the backend's caches are warm.
  private var favourite: Int?

  init(pool: LoopPool) {
    self.pool = pool
    depth = LookupDepth(most: pool.configuration.lookupDepth)
  }

  func start(_ call: Call) {
    if call.mayMerge {
      wait(call)
      pool.loop.needsFlush(self)
      return
    }
    guard waiting.isEmpty, let connection, mayUse(connection) else {
      wait(call)
      request()
      return
    }
    send(call, on: connection)
  }

  /// At the end of a turn: what may be merged has gathered.
  func flush() {
    if waiting.isEmpty { return }
    guard let connection, mayUse(connection) else { return request() }
    sendWaiting(on: connection)
  }

  private func wait(_ call: Call) { waiting.append(call, for: call.caller) }

  /// A look-up for which a merged one had no answer.
  private func startAlone(_ call: Call) {
    if call.isAbandoned { return call.finish(.failure(.cancelledByCaller)) }
    call.goesAlone = true
    start(call)
  }

  private func send(_ call: Call, on connection: Connection) {
    if connection.send(call, .eachResult) { pool.loop.needsFlush(connection) }
  }

  /// Whether the connection takes another look-up. Whoever waits for a connection gets this one when it has
  /// drained.
  private func mayUse(_ connection: Connection) -> Bool {
    connection.isOpen && !connection.isStale
      && connection.callsUnderWay < depth.limit && !pool.mustShare
  }

  private func request() {
    guard !isRequesting, connection == nil else { return }
    isRequesting = true
    pool.acquire(preferred: favourite) { [self] result in
      isRequesting = false
      switch result {
      case .success(let connection): adopt(connection)
      case .failure(let error):
        // Those that are asked for by who was told of it are not among them.
        var failed = FairQueue<Int64, Call>()
        swap(&failed, &waiting)
        while let call = failed.popFirst() { call.finish(.failure(error)) }
      }
    }
  }

  private func adopt(_ connection: Connection) {
    connection.client = self
    self.connection = connection
    favourite = connection.id
    seen = (connection.results, connection.resultBytes)
    connection.ensure(pool.shared.readTimeouts, .eachResult)
    sendWaiting(on: connection)
    if connection.isBusy {
      pool.loop.needsFlush(connection)
    } else {
      release(connection)
    }
  }

  private func sendWaiting(on connection: Connection) {
    var group: [Call] = []
    while connection.callsUnderWay + (group.isEmpty ? 0 : 1) < depth.limit, let call = waiting.popFirst() {
      if call.isAbandoned {
        call.finish(.failure(.cancelledByCaller))
      } else if !call.mayMerge {
        send(call, on: connection)
      } else {
        if group.count == MergedCall.most || group.first.map({ $0.statement !== call.statement }) ?? false {
          send(merging: group, on: connection)
          group.removeAll(keepingCapacity: true)
        }
        group.append(call)
      }
    }
    if !group.isEmpty { send(merging: group, on: connection) }
  }

  /// - Parameter calls: At least one, all with the same statement.
  private func send(merging calls: [Call], on connection: Connection) {
    guard calls.count > 1, let merged = MergedCall(calls, again: { [self] in startAlone($0) }) else {
      for call in calls { send(call, on: connection) }
      return
    }
    send(merged, on: connection)
  }

  // MARK: What the connection tells

  func mustRunAgain(_ call: Call, on connection: Connection) {
    if call.isAbandoned { return call.finish(.failure(.cancelledByCaller)) }
    if connection.isStale {
      if let merged = call as? MergedCall { return merged.askAgain() }
      return wait(call)
    }
    // By itself: whatever was sent before it in this turn gets a sync of its own first.
    connection.sync()
    connection.send(call, .eachResult)
    connection.sync()
  }

  func progressed(_ connection: Connection) {
    depth.came(
      results: connection.results - seen.results, bytes: connection.resultBytes - seen.bytes,
      underWay: connection.callsUnderWay)
    seen = (connection.results, connection.resultBytes)
    if !waiting.isEmpty, !connection.isStale, !pool.mustShare {
      sendWaiting(on: connection)
      pool.loop.needsFlush(connection)
    }
    guard !connection.isBusy else { return }
    release(connection)
    if !waiting.isEmpty { request() }
  }

  /// The look-up that runs keeps the others waiting, whether they still have callers or not.
  func isAbandoned(_ connection: Connection) -> Bool { connection.machine.current?.isAbandoned ?? false }

  private func release(_ connection: Connection) {
    self.connection = nil
    pool.release(connection)
  }

  func lost(_ calls: [(member: Call, fate: PipelineMachine<Call>.Fate)], _ error: PostgresError) {
    connection = nil
    let failure = pool.shared.explain(error)
    for (call, _) in calls {
      // Reads can be run again; one that keeps taking its connection down is given up.
      if let merged = call as? MergedCall {
        merged.askAgain()
      } else if !call.isAwaited || call.attempts >= 2 {
        call.finish(.failure(failure))
      } else {
        wait(call)
      }
    }
    if !waiting.isEmpty { request() }
  }

  func segmentEnded(_: [Call], failed _: Bool, on _: Connection) {}
}
