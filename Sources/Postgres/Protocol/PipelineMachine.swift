/// What is under way on one connection in pipeline mode: which result belongs to which caller, what
/// a sync settles, what must be run again.
///
///     sent:      prepare · execute · execute · sync     prepare · execute · sync
///                └────────── a segment ──────────┘      └────── another ──────┘
///                   ▲ the head: its result comes next
///
///     a statement   sent ──result──▶ delivered                                    (each result)
///                     │  ──result──▶ stored ──sync──▶ settled with its segment    (at the sync)
///                     ├──error────▶ delivered or stored; the rest of the segment is skipped
///                     ├──skipped, stale plan, interrupted──▶ run again            (each result)
///                     └──connection broke──▶ unread | lost (no sync) | unknown (a commit was asked for)
///
/// Pure: takes what was sent and what arrived, says what to do. `Member` stands for a statement and
/// whoever waits for it. Statements between two syncs are a *segment*: one implicit transaction
/// unless the statements say otherwise, and after an error in it the server skips to its sync.
struct PipelineMachine<Member> {
  /// When the members of a segment get their results.
  enum Delivery: Equatable {
    /// At once: for reads that share a round trip. Those skipped because of another are run again.
    case eachResult
    /// When the sync has arrived: results can come before the commit, and be taken back by it.
    /// - commits: the sync, or a COMMIT before it, makes writes durable.
    case atSync(commits: Bool)
  }

  /// One message of the server, as libpq shows it.
  enum Reply: Equatable {
    /// Rows or a command's completion.
    case completed
    case failed
    /// 26000 or "cached plan must not change result type".
    case failedStalePlan
    /// Ended by a request to cancel that was meant for another statement.
    case interrupted
    /// Skipped after an error.
    case aborted
    /// The end of a statement's results.
    case end
    case sync
  }

  enum Action {
    case none
    /// The prepare did not happen: prepare again before the next use.
    case forget(StatementKey)
    /// Hand the last result or error to the member.
    case deliver(Member)
    /// Keep the last result or error with the member; the segment's end decides.
    case store(Member)
    /// The member must be run again, by itself; its statement prepared again when `stalePlan`.
    case runAgain(Member, stalePlan: Bool)
    /// A segment delivered at its sync is settled.
    case ended([Member], failed: Bool)
  }

  /// What a broken connection means for a member.
  enum Fate: Equatable {
    /// A read: can be run again.
    case unread
    /// Not committed.
    case lost
    /// A commit was asked for.
    case unknown
  }

  private enum Step {
    case prepare(StatementKey)
    case execute(Member, weight: Int)
    case sync
  }

  private struct Segment {
    let delivery: Delivery
    var isSynced = false
    var hasFailed = false
    var stored: [Member] = []
  }

  private enum HeadState { case waiting, completed, failed, failedStalePlan, interrupted, aborted }

  private var steps = Ring<Step>()
  private var segments = Ring<Segment>()
  private var head = HeadState.waiting
  /// A prepare failed: its error belongs to the member whose statement it was for, which comes next.
  private var prepareFailed = false

  /// Members whose results have not arrived, by what each of them stands for.
  private(set) var weightUnderWay = 0

  /// Whose result comes next.
  var current: Member? {
    for position in 0..<min(2, steps.count) {
      if case .execute(let member, _) = steps[position] { return member }
    }
    return nil
  }

  /// What the statement stands for whose result comes next; nothing where that is of a prepare or a sync.
  var headWeight: Int {
    if case .execute(_, let weight)? = steps.first { weight } else { 0 }
  }

  /// Whether the server owes us something.
  var isExpectingReply: Bool { !steps.isEmpty }

  /// Whether all results have arrived of what was sent, and a sync is to come.
  var awaitsOnlySync: Bool {
    if steps.count == 1, case .sync = steps[0] { true } else { false }
  }

  /// Whether something was sent that no sync follows yet.
  var needsSync: Bool { !segments.isEmpty && !segments[segments.count - 1].isSynced }

  /// Whether nothing of the statement or sync that comes next has arrived.
  var isBetweenStatements: Bool { head == .waiting }

  // MARK: What was sent

  mutating func sentPrepare(_ key: StatementKey, delivery: Delivery) {
    openSegment(delivery)
    steps.append(.prepare(key))
  }

  /// - Parameter weight: How many the member stands for.
  mutating func sentExecute(_ member: Member, delivery: Delivery, weight: Int = 1) {
    openSegment(delivery)
    steps.append(.execute(member, weight: weight))
    weightUnderWay += weight
  }

  mutating func sentSync(_ delivery: Delivery = .eachResult) {
    openSegment(delivery)
    segments.update(at: segments.count - 1) { $0.isSynced = true }
    steps.append(.sync)
  }

  private mutating func openSegment(_ delivery: Delivery) {
    if needsSync {
      precondition(
        segments[segments.count - 1].delivery == delivery || steps.isEmpty,
        "a segment has one way of delivery")
    } else {
      segments.append(Segment(delivery: delivery))
    }
  }

  // MARK: What arrived

  mutating func received(_ reply: Reply) -> Action {
    switch reply {
    case .completed: head = .completed
    case .failed: fail(.failed)
    case .failedStalePlan: fail(.failedStalePlan)
    case .interrupted: fail(.interrupted)
    case .aborted: head = .aborted
    case .end: return endOfStatement()
    case .sync: return endOfSegment()
    }
    return .none
  }

  private mutating func fail(_ state: HeadState) {
    head = state
    segments.update(at: 0) { $0.hasFailed = true }
  }

  private mutating func endOfStatement() -> Action {
    defer { head = .waiting }
    switch steps.first {
    case .prepare(let key):
      _ = steps.popFirst()
      if head == .completed { return .none }
      prepareFailed = head != .aborted && head != .interrupted
      return .forget(key)
    case .execute(let member, let weight):
      _ = steps.popFirst()
      weightUnderWay -= weight
      defer { prepareFailed = false }
      return settle(member)
    case .sync, nil:
      // An error of the commit itself comes as a result of its own before the sync.
      return .none
    }
  }

  private mutating func settle(_ member: Member) -> Action {
    guard segments[0].delivery == .eachResult else {
      segments.update(at: 0) { $0.stored.append(member) }
      return .store(member)
    }
    switch head {
    case .completed, .failed, .waiting: return .deliver(member)
    case .failedStalePlan: return .runAgain(member, stalePlan: true)
    case .interrupted: return .runAgain(member, stalePlan: false)
    case .aborted:
      // Not a neighbour but its own prepare failed: that error is its own.
      return prepareFailed ? .deliver(member) : .runAgain(member, stalePlan: false)
    }
  }

  private mutating func endOfSegment() -> Action {
    _ = steps.popFirst()
    head = .waiting
    prepareFailed = false
    guard let segment = segments.popFirst() else { return .none }
    if segment.delivery == .eachResult { return .none }
    return .ended(segment.stored, failed: segment.hasFailed)
  }

  // MARK: The end

  /// The connection broke: everybody who waits, and what that means for each.
  mutating func disconnected() -> [(member: Member, fate: Fate)] {
    var fates: [(member: Member, fate: Fate)] = []
    while let segment = segments.popFirst() {
      let fate = Self.fate(of: segment)
      for member in segment.stored { fates.append((member, fate)) }
      steps: while let step = steps.popFirst() {
        switch step {
        case .prepare: continue
        case .execute(let member, _): fates.append((member, fate))
        case .sync: break steps
        }
      }
    }
    head = .waiting
    weightUnderWay = 0
    return fates
  }

  private static func fate(of segment: Segment) -> Fate {
    switch segment.delivery {
    case .eachResult: .unread
    case .atSync(commits: true): segment.isSynced ? .unknown : .lost
    case .atSync(commits: false): .lost
    }
  }
}
