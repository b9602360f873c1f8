import CairnAPI
import Testing

@testable import Coordination

@Suite struct TaskMachineTests {
  private static let states: [TaskState] = [
    .blocked, .delayed, .queued, .assigned, .running, .completed, .failed, .cancelled,
  ]

  /// What each act leads to, from the states that it is possible in. All others refuse it.
  private static let table: [TaskAct: [TaskState: TaskState]] = [
    .start: [.assigned: .running],
    .progress: [.assigned: .running, .running: .running],
    .complete: [.assigned: .completed, .running: .completed],
    .failForNow: [.assigned: .delayed, .running: .delayed],
    .failAndRequeue: [.assigned: .queued, .running: .queued],
    .fail: [.blocked: .failed, .delayed: .failed, .queued: .failed, .assigned: .failed, .running: .failed],
    .release: [.assigned: .queued, .running: .queued],
    .cancel: [
      .blocked: .cancelled, .delayed: .cancelled, .queued: .cancelled, .assigned: .cancelled,
      .running: .cancelled,
    ],
    .retry: [.failed: .queued, .cancelled: .queued, .delayed: .queued],
    .comeDue: [.delayed: .queued],
    .unblock: [.blocked: .queued],
    .delay: [.blocked: .delayed],
  ]

  @Test("every act in every state", arguments: TaskAct.allCases)
  func transitions(act: TaskAct) throws {
    let row = try #require(Self.table[act])
    for state in Self.states { #expect(state.after(act) == row[state], "\(act) in \(state)") }
  }
}
