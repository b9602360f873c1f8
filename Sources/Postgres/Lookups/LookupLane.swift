import EventLoop

/// Look-ups of one loop: those that start in one turn share a connection, a sync and a system call, and those of them
/// with the same statement a statement, where there is a merged one (``MergedLookup``).
///
/// The connection is held while look-ups are under way on it. There are only so many at a time (``LookupDepth``); when
/// there are more, their callers take turns. Confined to the pool's loop.
final class LookupLane: ConnectionClient, Flushable {
  private unowned let pool: LoopPool
  private var connection: Connection?
  private var waiting = FairQueue<Int64, PendingStatement>()
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

  func start(_ lookup: PendingStatement) {
    if lookup.mayMerge {
      wait(lookup)
      pool.loop.needsFlush(self)
      return
    }
    guard waiting.isEmpty, let connection, mayUse(connection) else {
      wait(lookup)
      request()
      return
    }
    send(lookup, on: connection)
  }

  /// At the end of a turn: what may be merged has gathered.
  func flush() {
    if waiting.isEmpty { return }
    guard let connection, mayUse(connection) else { return request() }
    sendWaiting(on: connection)
  }

  /// Tells those that wait and whose callers have gone.
  func dropAbandoned() {
    guard !waiting.isEmpty else { return }
    var all = FairQueue<Int64, PendingStatement>()
    swap(&all, &waiting)
    while let lookup = all.popFirst() {
      if lookup.isAbandoned { lookup.finish(.failure(.cancelledByCaller)) } else { wait(lookup) }
    }
  }

  private func wait(_ lookup: PendingStatement) { waiting.append(lookup, for: lookup.caller) }

  /// A look-up for which a merged one had no answer.
  private func startAlone(_ lookup: PendingStatement) {
    if lookup.isAbandoned { return lookup.finish(.failure(.cancelledByCaller)) }
    lookup.goesAlone = true
    start(lookup)
  }

  private func send(_ lookup: PendingStatement, on connection: Connection) {
    if connection.send(lookup, delivery: .eachResult) { pool.loop.needsFlush(connection) }
  }

  /// Whether the connection takes another look-up. Whoever waits for a connection gets this one when it has
  /// drained.
  private func mayUse(_ connection: Connection) -> Bool {
    connection.isOpen && !connection.isStale
      && connection.weightUnderWay < depth.limit && !pool.mustShare
  }

  private func request() {
    guard !isRequesting, connection == nil else { return }
    isRequesting = true
    pool.acquire(preferred: favourite) { [self] result in
      isRequesting = false
      switch result {
      case .success(let connection): adopt(connection)
      case .failure(let error):
        // Look-ups that are started by a caller that hears of the failure are not among them.
        var failed = FairQueue<Int64, PendingStatement>()
        swap(&failed, &waiting)
        while let lookup = failed.popFirst() { lookup.finish(.failure(error)) }
      }
    }
  }

  private func adopt(_ connection: Connection) {
    connection.client = self
    self.connection = connection
    favourite = connection.id
    seen = (connection.results, connection.resultBytes)
    connection.ensure(pool.shared.readTimeouts, delivery: .eachResult)
    sendWaiting(on: connection)
    if connection.isBusy {
      pool.loop.needsFlush(connection)
    } else {
      release(connection)
    }
  }

  private func sendWaiting(on connection: Connection) {
    // Those that could not be sent together wait again, each by itself, and nothing of theirs is under way.
    while !waiting.isEmpty, connection.weightUnderWay < depth.limit { sendSome(on: connection) }
  }

  private func sendSome(on connection: Connection) {
    var group: [PendingStatement] = []
    while connection.weightUnderWay + group.count < depth.limit, let lookup = waiting.popFirst() {
      if lookup.isAbandoned {
        lookup.finish(.failure(.cancelledByCaller))
      } else if !lookup.mayMerge {
        send(lookup, on: connection)
      } else {
        if group.count == MergedLookup.most || group.first.map({ $0.statement !== lookup.statement }) ?? false
        {
          send(merging: group, on: connection)
          group.removeAll(keepingCapacity: true)
        }
        group.append(lookup)
      }
    }
    if !group.isEmpty { send(merging: group, on: connection) }
  }

  /// - Parameter calls: At least one, all with the same statement.
  private func send(merging lookups: [PendingStatement], on connection: Connection) {
    guard lookups.count > 1, let merged = MergedLookup(lookups, again: { [self] in startAlone($0) }) else {
      for lookup in lookups { send(lookup, on: connection) }
      return
    }
    send(merged, on: connection)
  }

  // MARK: What the connection tells

  func mustRunAgain(_ lookup: PendingStatement, on connection: Connection) {
    if lookup.isAbandoned { return lookup.finish(.failure(.cancelledByCaller)) }
    if connection.isStale {
      if let merged = lookup as? MergedLookup { return merged.askAgain() }
      return wait(lookup)
    }
    // By itself: whatever was sent before it in this turn gets a sync of its own first.
    connection.sync()
    connection.send(lookup, delivery: .eachResult)
    connection.sync()
  }

  func progressed(_ connection: Connection) {
    depth.came(
      results: connection.results - seen.results, bytes: connection.resultBytes - seen.bytes,
      underWay: connection.weightUnderWay)
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

  func lost(_ lookups: [(member: PendingStatement, fate: Pipeline.Fate)], because error: PostgresError) {
    connection = nil
    let failure = pool.shared.explain(error)
    for (lookup, _) in lookups {
      // Reads can be run again; one that keeps taking its connection down is given up.
      if let merged = lookup as? MergedLookup {
        merged.askAgain()
      } else if !lookup.isAwaited || lookup.attempts >= 2 {
        lookup.finish(.failure(failure))
      } else {
        wait(lookup)
      }
    }
    if !waiting.isEmpty { request() }
  }

  func segmentEnded(_: [PendingStatement], failed _: Bool, on _: Connection) {}
}
