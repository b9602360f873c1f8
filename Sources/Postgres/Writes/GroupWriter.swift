import EventLoop

/// Gathers the concurrent writes of each group into batches. Confined to the pool's loop.
///
/// While a batch is being committed the next one fills up: the more callers there are, the more of
/// them share a commit.
final class GroupWriter: Flushable {
  private final class Group {
    var waiting = Ring<PendingStatement>()
    var prologue: [BoundStatement] = []
    var batchesUnderWay = 0
    var isTouched = false
    /// Taken again when it is idle: its plans are made.
    var favourite: Int?
  }

  private unowned let pool: LoopPool
  private var groups: [WriteGroup: Group] = [:]
  private var touched: [(WriteGroup, Group)] = []
  var isQueuedForFlush = false

  init(pool: LoopPool) { self.pool = pool }

  func start(_ write: PendingStatement, in key: WriteGroup, prologue: [BoundStatement]) {
    let group = groups[key] ?? Group()
    if group.batchesUnderWay == 0, group.waiting.isEmpty {
      groups[key] = group
      group.prologue = prologue
    }
    group.waiting.append(write)
    touch(group, for: key)
  }

  /// Tells those that wait and whose callers have gone.
  func dropAbandoned() {
    for group in groups.values {
      for write in group.waiting.removeAll() {
        if write.isAbandoned {
          write.finish(.failure(.cancelledByCaller))
        } else {
          group.waiting.append(write)
        }
      }
    }
  }

  private func touch(_ group: Group, for key: WriteGroup) {
    guard !group.isTouched else { return }
    group.isTouched = true
    touched.append((key, group))
    pool.loop.needsFlush(self)
  }

  /// At the end of a turn: everything that came in it goes together.
  func flush() {
    let turn = touched
    touched.removeAll(keepingCapacity: true)
    for (key, group) in turn {
      group.isTouched = false
      launch(group, for: key)
    }
  }

  private func launch(_ group: Group, for key: WriteGroup) {
    guard !group.waiting.isEmpty else {
      if group.batchesUnderWay == 0 { groups[key] = nil }
      return
    }
    guard group.batchesUnderWay < key.batches(of: pool.configuration) else { return }
    group.batchesUnderWay += 1
    var isRefused = false
    let turns = key.mayWait ? pool.turns(of: key.project) : nil
    acquire(for: group, turns: turns) { [self] result in
      switch result {
      case .success(let connection): begin(group, for: key, turns: turns, on: connection)
      case .failure(let error):
        isRefused = true
        group.batchesUnderWay -= 1
        // The other batches will take what waits, if there are any.
        if group.batchesUnderWay == 0 {
          for write in group.waiting.removeAll() { write.finish(.failure(error)) }
          groups[key] = nil
        }
      }
    }
    // More than fits in one batch. A caller that was refused at once would be refused again.
    if !isRefused, group.waiting.count > pool.configuration.writeBatchSize { launch(group, for: key) }
  }

  private func acquire(for group: Group, turns: Turns?, receiver: @escaping LoopPool.Receiver) {
    guard let turns else {
      pool.acquire(preferred: group.favourite, receiver)
      return
    }
    _ = turns.enter { [self] turn in
      if case .failure(let error) = turn { return receiver(.failure(error)) }
      pool.acquire(preferred: group.favourite) { result in
        if case .failure = result { turns.leave() }
        receiver(result)
      }
    }
  }

  /// The next write that somebody still waits for.
  private static func next(of group: Group) -> PendingStatement? {
    while let write = group.waiting.popFirst() {
      if !write.isAbandoned { return write }
      write.finish(.failure(.cancelledByCaller))
    }
    return nil
  }

  private func begin(_ group: Group, for key: WriteGroup, turns: Turns?, on connection: Connection) {
    group.favourite = connection.id
    let batch = WriteBatch(pool: pool, prologue: group.prologue) { [self] in
      turns?.leave()
      group.batchesUnderWay -= 1
      touch(group, for: key)
    }
    batch.start(on: connection) { Self.next(of: group) }
  }
}
