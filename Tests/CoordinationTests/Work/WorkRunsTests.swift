import CairnAPI
import Testing

@testable import Coordination

@Suite struct WorkRunsTests {
  private static func start(_ task: String) -> WorkRequest { request(.start(with(task))) }
  private static func complete(_ task: String) -> WorkRequest {
    var complete = CompleteTaskRequest()
    complete.task = task
    return request(.complete(complete))
  }
  private static let beat = request(.heartbeat(WorkHeartbeat()))

  private static func with(_ task: String) -> StartTaskRequest {
    var start = StartTaskRequest()
    start.task = task
    return start
  }

  private static func request(_ message: WorkRequest.Message_) -> WorkRequest {
    var request = WorkRequest()
    request.message = message
    return request
  }

  private static let cases: [(requests: [WorkRequest], runs: [Int])] = [
    ([], []),
    ([complete("a")], [1]),
    ([complete("a"), complete("b"), complete("c")], [3]),
    // Ends are apart from what ends nothing.
    ([start("a"), start("b"), complete("a"), complete("b")], [2, 2]),
    // What is about one task twice.
    ([complete("a"), complete("b"), complete("a")], [2, 1]),
    ([start("a"), start("a")], [1, 1]),
    // What is about no task stands alone.
    ([beat, beat], [1, 1]),
    ([complete("a"), beat, complete("b")], [1, 1, 1]),
    ((0..<250).map { complete("\($0)") }, [100, 100, 50]),
  ]

  @Test("what is done in one write ends attempts or does not, and is about different tasks", arguments: cases)
  func runs(_ example: (requests: [WorkRequest], runs: [Int])) {
    #expect(WorkRuns(example.requests).runs.map(\.count) == example.runs)
    #expect(WorkRuns(example.requests).runs.flatMap { $0 } == example.requests)
  }
}
