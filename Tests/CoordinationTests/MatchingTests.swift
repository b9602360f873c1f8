import CairnAPI
import Postgres
import Testing

@testable import Coordination

@Suite struct MatchingTests {
  private static let now = PostgresTimestamp(microseconds: 1_000_000_000)

  private static func agent(
    _ id: String, _ terms: [String] = [], load: Int32 = 0, of maxLoad: Int32 = 1, priority: Int32 = 0,
    completed: Int64 = 0, failed: Int64 = 0, runTime: Int64 = 0, assigned: Int64 = 0
  ) -> FreeAgent {
    FreeAgent(
      id: id, terms: terms, priority: priority, maxLoad: maxLoad, load: load, completed: completed,
      failed: failed, runTime: runTime, assignedPosition: assigned)
  }

  private static func task(_ id: String, requires: [String] = [], prefers: [String] = []) -> ReadyTask {
    var task = ReadyTask()
    (task.id, task.required, task.preferred) = (id, requires, prefers)
    task.lane = Array("\(requires) \(prefers)".utf8)
    return task
  }

  private static func given(
    _ tasks: [ReadyTask], _ agents: [FreeAgent], _ strategy: AssignmentStrategy = .leastLoaded
  ) -> [String] {
    var matching = Matching(agents, strategy: strategy, now: now)
    return matching.assign(tasks).pairs.map { "\($0.task.id)>\($0.agent)" }
  }

  @Test("an agent gets what it can do, and as much as it takes")
  func capacity() {
    let agents = [Self.agent("a", ["go"], of: 2), Self.agent("b", ["go", "rust"])]
    let tasks = [
      Self.task("1", requires: ["rust"]), Self.task("2", requires: ["go"]), Self.task("3", requires: ["go"]),
      Self.task("4"), Self.task("5", requires: ["ada"]),
    ]
    #expect(Self.given(tasks, agents) == ["1>b", "2>a", "3>a"])
  }

  @Test("round robin: each in turn, the one that waited longest first")
  func roundRobin() {
    let agents = [
      Self.agent("a", of: 9, assigned: 7), Self.agent("b", load: 3, of: 9, assigned: 5),
      Self.agent("c", of: 9),
    ]
    #expect(
      Self.given((1...6).map { Self.task("\($0)") }, agents, .roundRobin)
        == ["1>c", "2>b", "3>a", "4>c", "5>b", "6>a"])
  }

  @Test("least loaded: by the part of its capacity that is used")
  func leastLoaded() {
    let agents = [Self.agent("a", load: 1, of: 2), Self.agent("b", load: 2, of: 8)]
    #expect(Self.given((1...4).map { Self.task("\($0)") }, agents) == ["1>b", "2>b", "3>a", "4>b"])
  }

  @Test("priority: the highest until it is full")
  func priority() {
    let agents = [Self.agent("a", of: 5, priority: 1), Self.agent("b", of: 2, priority: 9)]
    #expect(
      Self.given((1...3).map { Self.task("\($0)") }, agents, .priority) == ["1>b", "2>b", "3>a"])
  }

  @Test(
    "capability weighted: 2 for what is required, 0.5 for what is not",
    arguments: [
      (["x", "y"], 2.0 + 0.5), (["x"], 2.0), (["x", "y", "z", "\u{1}zone=1"], 3.0),
    ])
  func capabilities(_ terms: [String], _ score: Double) {
    let agent = Self.agent("a", terms)
    #expect(StrategyScore(strategy: .capabilityWeighted, matched: 1).score(of: agent) == score)
  }

  @Test("dynamic: the sum of its parts, each bounded")
  func dynamic() {
    let score = StrategyScore(strategy: .dynamic, matched: 1)
    let fresh = Self.agent("a", ["x"], of: 4)
    #expect(abs(score.score(of: fresh) - (0.30 + 0.20 + 0.15 + 0.15 * 0.2)) < 1e-12)
    let used = Self.agent(
      "b", ["x", "y"], load: 1, of: 4, priority: 5, completed: 3, failed: 1, runTime: 6_000_000)
    #expect(
      abs(score.score(of: used) - (0.30 * 0.75 + 0.20 * 0.5 + 0.20 * 0.75 + 0.15 * 0.5 + 0.15 * 0.25)) < 1e-12
    )
    #expect(Self.agent("c", completed: 5, runTime: 5).speed == 1)
  }

  @Test("preferred labels come before the strategy, the session's agent before the least loaded")
  func preferences() {
    let agents = [
      Self.agent("a", ["\u{1}zone=1"], load: 3, of: 4), Self.agent("b", of: 4),
      Self.agent("c", load: 2, of: 4),
    ]
    #expect(Self.given([Self.task("1", prefers: ["\u{1}zone=1"])], agents) == ["1>a"])
    var ofSession = Self.task("1")
    ofSession.sessionAgent = "c"
    #expect(Self.given([ofSession], agents, .sessionAffinity) == ["1>c"])
    #expect(Self.given([ofSession], agents) == ["1>b"])
  }

  @Test("limits of keys and queues count what this round gives")
  func limits() {
    let agents = [Self.agent("a", of: 100)]
    var (keyed, queued) = (Self.task("k"), Self.task("q"))
    (keyed.concurrencyKey, keyed.keyRoom) = ("user", 2)
    (queued.queue, queued.queueRoom) = ("slow", 1)
    #expect(Self.given([keyed, keyed, keyed, queued, queued], agents) == ["k>a", "k>a", "q>a"])
    keyed.keyRoom = -3
    #expect(Self.given([keyed], agents).isEmpty)
  }

  @Test("a queue gives out as many as its rate allows, and says when the next one is due")
  func rates() {
    var task = Self.task("r")
    let half = PostgresTimestamp(microseconds: Self.now.microseconds - 500_000)
    task.rate = QueueRate(limit: 4, period: 1_000_000, left: (0.5, half))
    var matching = Matching([Self.agent("a", of: 100)], strategy: .leastLoaded, now: Self.now)
    let assignments = matching.assign([task, task, task, task])
    #expect(assignments.pairs.count == 2)
    #expect(assignments.tokens.map(\.tokens) == [0.5])
    #expect(assignments.wait == 125_000)
    #expect(QueueRate(limit: 3, period: 1, left: nil).tokens(at: Self.now) == 3)
    #expect(QueueRate(limit: 3, period: 1, left: (3, Self.now)).tokens(at: half) == 3)
  }
}
