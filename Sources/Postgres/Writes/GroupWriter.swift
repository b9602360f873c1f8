import EventLoop

/// Gathers the concurrent writes of each group into batches. Confined to the pool's loop.
///
/// ```
/// a batch    waits for a connection ──▶ runs ──its results are here──▶ commits ──its sync is here──▶ over
///            └────────────── no other one begins ─────────────┘        └─ nor now, where commits are short ─┘
/// ```
///
/// Meanwhile the next one fills up: the more callers there are, the more of them share a commit. Where they become one
/// statement (``MergedWrites``), a write of a row that a batch under way has waits for it.
final class GroupWriter: Flushable {
  private final class Group {
    var waiting = Ring<PendingStatement>()
    var prologue: [BoundStatement] = []
    var batchesUnderWay = 0
    /// The one that no other may overtake.
    var foremost: Batch?
    var isTouched = false
    /// Taken again when it is idle: its plans are made.
    var favourite: Int?
    /// The rows of merged writes that are under way.
    var taken: Set<[UInt8]> = []

    /// Whether something waits that may begin now.
    var hasNext: Bool { (0..<waiting.count).contains { mayBegin(waiting[$0]) } }

    func mayBegin(_ write: PendingStatement) -> Bool {
      guard let write = write as? MergeableWrite else { return true }
      return !taken.contains(write.key)
    }
  }

  /// When a batch was sent, and when its results came.
  private final class Batch {
    var sent = Instant.now
    var ran: Instant?
  }

  private unowned let pool: LoopPool
  private var overlap = CommitOverlap()
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

  /// How long a batch may keep others of its group from beginning.
  private static let patience = Duration.milliseconds(200)

  /// Tells those that wait and whose callers have gone. Called now and then, so a batch that hangs is overtaken here.
  func dropAbandoned() {
    for (key, group) in groups {
      if let batch = group.foremost, Instant.now - batch.sent > Self.patience {
        makeWay(batch, in: group, for: key)
      }
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
    guard group.foremost == nil, group.batchesUnderWay < key.batches(of: pool.configuration) else { return }
    guard group.hasNext else { return }
    group.batchesUnderWay += 1
    let batch = Batch()
    group.foremost = batch
    let turns = key.mayWait ? pool.turns(of: key.project) : nil
    acquire(for: group, turns: turns) { [self] result in
      switch result {
      case .success(let connection): begin(batch, of: group, for: key, turns: turns, on: connection)
      case .failure(let error):
        group.foremost = nil
        group.batchesUnderWay -= 1
        // The other batches will take what waits, if there are any.
        if group.batchesUnderWay == 0 {
          for write in group.waiting.removeAll() { write.finish(.failure(error)) }
          groups[key] = nil
        }
      }
    }
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

  /// The next writes that somebody still waits for, as many as a batch may have, in their order.
  private func next(of group: Group) -> [PendingStatement] {
    var writes: [PendingStatement] = []
    var later: [PendingStatement] = []
    while writes.count < pool.configuration.writeBatchSize, let write = group.waiting.popFirst() {
      if write.isAbandoned {
        write.finish(.failure(.cancelledByCaller))
      } else if group.mayBegin(write) {
        writes.append(write)
      } else {
        later.append(write)
      }
    }
    if !later.isEmpty { group.waiting.prepend(later) }
    // Swift's sort is stable.
    if writes.contains(where: { !$0.order.isEmpty }) {
      writes.sort { $0.order.lexicographicallyPrecedes($1.order) }
    }
    return writes
  }

  private func begin(
    _ batch: Batch, of group: Group, for key: WriteGroup, turns: Turns?, on connection: Connection
  ) {
    group.favourite = connection.id
    batch.sent = .now
    var members = next(of: group)
    var prologue = group.prologue
    var taken: Set<[UInt8]> = []
    if let mergeable = members as? [MergeableWrite], !mergeable.isEmpty {
      taken = Set(mergeable.map(\.key))
      group.taken.formUnion(taken)
      let merged = MergedWrite(mergeable)
      prologue += merged.opening
      members = [merged]
    }
    let writes = WriteBatch(
      pool: pool, prologue: prologue,
      whenCommitting: { [self] in
        batch.ran = .now
        if overlap.isWorthwhile { makeWay(batch, in: group, for: key) }
      },
      completion: { [self] in
        turns?.leave()
        group.taken.subtract(taken)
        group.batchesUnderWay -= 1
        note(batch)
        makeWay(batch, in: group, for: key)
      })
    let rest = writes.start(members, on: connection)
    if !rest.isEmpty { group.waiting.prepend(rest) }
  }

  private func note(_ batch: Batch) {
    let now = Instant.now
    let ran = batch.ran ?? now
    overlap.took(
      running: ran.nanoseconds - batch.sent.nanoseconds, committing: now.nanoseconds - ran.nanoseconds)
  }

  private func makeWay(_ batch: Batch, in group: Group, for key: WriteGroup) {
    if group.foremost === batch { group.foremost = nil }
    touch(group, for: key)
  }
}
