import CairnAPI
import Testing

@testable import Coordination

@Suite struct LostWorkTests {
  private static let held = TakingBack.Held(task: "t", epoch: 5)

  private static func found(_ state: TaskState, epoch: Int64 = 5, failure reason: String? = nil) -> LostWork {
    let failure = reason.map { reason in
      var failure = TaskFailure()
      failure.reason = reason
      return failure
    }
    return LostWork(task: "t", state: state, epoch: epoch, failure: failure)
  }

  private static let examples: [(found: LostWork?, reason: String?)] = [
    (nil, "released"),
    (found(.cancelled), "cancelled"),
    (found(.queued), "released"),
    (found(.queued, failure: "agent_dead"), "agent_dead"),
    (found(.delayed, failure: "timeout"), "timeout"),
    (found(.failed, failure: "timeout"), "timeout"),
    (found(.running, epoch: 9), "reassigned"),
    (found(.completed, epoch: 9), "reassigned"),
    // It said so itself, over another channel.
    (found(.completed), nil),
  ]

  @Test("an agent is told why it holds a task no more", arguments: examples)
  func reasons(_ example: (found: LostWork?, reason: String?)) {
    let cancel = LostWork.cancel(Self.held, found: example.found)
    #expect(cancel?.reason == example.reason)
    #expect(cancel.map { $0.leaseEpoch == 5 && $0.task == "t" } ?? true)
  }
}
