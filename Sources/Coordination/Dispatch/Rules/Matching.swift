import CairnAPI
import Postgres
import Wire

/// Gives tasks to agents: the most urgent task first, each to the agent that the strategy wants most of those that can do it. Pure.
///
/// It keeps count of the room of agents, queues and concurrency keys, and of the tokens of queues. Terms are numbered, so that
/// each agent's are looked up once however many lanes there are.
struct Matching {
  private let strategy: AssignmentStrategy
  private let now: PostgresTimestamp
  private var agents: [FreeAgent]
  /// When each was given a task within this round; the lower the longer ago.
  private var turns: [Int]
  private var lanes: [[UInt8]: Lane] = [:]
  private var numbers: [TextKey: Int] = [:]
  /// Of each agent the numbers of its terms.
  private var terms: [Set<Int>] = []
  /// How many tasks of each concurrency key and queue this round gave out.
  private var ofKey: [TextKey: Int64] = [:]
  private var ofQueue: [TextKey: Int64] = [:]
  private var buckets: [TextKey: (rate: QueueRate, tokens: Double)] = [:]
  private var given = 0

  private struct Lane {
    /// Agents that can do its tasks, by index, with how many of the preferred labels they have.
    var able: [(agent: Int, preferred: Int)]
    let score: StrategyScore
  }

  init(_ agents: [FreeAgent], strategy: AssignmentStrategy, now: PostgresTimestamp) {
    let order = agents.sorted {
      ($0.assignedPosition, TextKey($0.id)) < ($1.assignedPosition, TextKey($1.id))
    }
    self.agents = order
    self.strategy = strategy
    self.now = now
    turns = Array(order.indices)
    given = order.count
  }

  /// - Parameter tasks: In the order in which they are given out.
  mutating func assign(_ tasks: [ReadyTask]) -> Assignments {
    number(tasks)
    var assignments = Assignments()
    var room = agents.reduce(0) { $0 + Int($1.maxLoad - $1.load) }
    for task in tasks where room > 0 {
      guard hasRoom(for: task, &assignments), let agent = choice(for: task) else { continue }
      take(task, agent)
      room -= 1
      assignments.pairs.append((task, agents[agent].id))
    }
    assignments.tokens = buckets.filter { $1.tokens != $1.rate.tokens(at: now) }
      .map { (queue: $0.key.text, tokens: $0.value.tokens) }
    return assignments
  }

  /// Gives numbers to what tasks ask for, and says which agent has what.
  private mutating func number(_ tasks: [ReadyTask]) {
    var seen: Set<[UInt8]> = []
    for task in tasks where seen.insert(task.lane).inserted {
      for term in task.required + task.preferred {
        if numbers[TextKey(term)] == nil { numbers[TextKey(term)] = numbers.count }
      }
    }
    terms = agents.map { agent in Set(agent.terms.compactMap { numbers[TextKey($0)] }) }
  }

  private mutating func lane(of task: ReadyTask) -> Lane {
    if let lane = lanes[task.lane] { return lane }
    let required = task.required.compactMap { numbers[TextKey($0)] }
    let preferred = task.preferred.compactMap { numbers[TextKey($0)] }
    let able = agents.indices.filter { agent in required.allSatisfy { terms[agent].contains($0) } }
    let lane = Lane(
      able: able.map { agent in (agent, preferred.count { terms[agent].contains($0) }) },
      score: StrategyScore(
        strategy: strategy, matched: task.required.count { !$0.utf8.starts(with: [1]) }))
    lanes[task.lane] = lane
    return lane
  }

  private mutating func hasRoom(for task: ReadyTask, _ assignments: inout Assignments) -> Bool {
    if let room = task.keyRoom, let key = task.concurrencyKey {
      if room <= ofKey[TextKey(key)] ?? 0 { return false }
    }
    if let room = task.queueRoom, room <= ofQueue[TextKey(task.queue)] ?? 0 { return false }
    guard let rate = task.rate else { return true }
    let queue = TextKey(task.queue)
    let tokens = buckets[queue]?.tokens ?? rate.tokens(at: now)
    buckets[queue] = (rate, tokens)
    if tokens >= 1 { return true }
    assignments.wait = min(assignments.wait ?? .infinity, rate.wait(with: tokens))
    return false
  }

  private mutating func choice(for task: ReadyTask) -> Int? {
    let lane = lane(of: task)
    var best: (agent: Int, rank: Rank)?
    for (agent, preferred) in lane.able where agents[agent].load < agents[agent].maxLoad {
      let isOfSession =
        strategy == .sessionAffinity && (task.sessionAgent?.hasSameBytes(as: agents[agent].id) ?? false)
      let rank = Rank(
        preferred: preferred, isOfSession: isOfSession, score: lane.score.score(of: agents[agent]),
        turn: turns[agent])
      if best.map({ $0.rank < rank }) ?? true { best = (agent, rank) }
    }
    return best?.agent
  }

  private mutating func take(_ task: ReadyTask, _ agent: Int) {
    agents[agent].load += 1
    turns[agent] = given
    given += 1
    if let key = task.concurrencyKey { ofKey[TextKey(key), default: 0] += 1 }
    ofQueue[TextKey(task.queue), default: 0] += 1
    if task.rate != nil { buckets[TextKey(task.queue)]?.tokens -= 1 }
  }

  /// The higher the better.
  private struct Rank: Comparable {
    let preferred: Int
    let isOfSession: Bool
    let score: Double
    let turn: Int

    static func < (left: Rank, right: Rank) -> Bool {
      if left.preferred != right.preferred { return left.preferred < right.preferred }
      if left.isOfSession != right.isOfSession { return right.isOfSession }
      if left.score != right.score { return left.score < right.score }
      return left.turn > right.turn
    }
  }
}

/// What a round gives to whom.
struct Assignments {
  var pairs: [(task: ReadyTask, agent: String)] = []
  /// What is left in the buckets of queues that it looked into.
  var tokens: [(queue: String, tokens: Double)] = []
  /// In how many microseconds a queue that had no token has one.
  var wait: Double?
}
