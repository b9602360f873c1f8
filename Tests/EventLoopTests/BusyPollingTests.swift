import Testing

@testable import EventLoop

@Suite struct BusyPollingTests {
  enum Wait: Sendable {
    case polled(Int64)
    case slept(Int64)
    case interrupted(Int64)
  }

  private func after(_ waits: [Wait]) -> BusyPolling {
    var polling = BusyPolling()
    for wait in waits {
      switch wait {
      case .polled(let microseconds): polling.waited(microseconds * 1000, slept: false)
      case .slept(let microseconds): polling.waited(microseconds * 1000, slept: true)
      case .interrupted(let microseconds): polling.interrupted(microseconds * 1000)
      }
    }
    return polling
  }

  @Test(
    "a loop polls after a run of short waits, and no more after long ones or when others want the core",
    arguments: [
      ([], false),
      ([(15, .slept(40))], false),
      ([(16, .slept(40))], true),
      // A sleep takes longer than polling would have.
      ([(16, .slept(99))], true),
      ([(16, .slept(101))], false),
      ([(16, .polled(0))], true),
      ([(16, .polled(51))], false),
      // One in vain ends it, unless there were many before.
      ([(16, .slept(40)), (1, .slept(70))], false),
      ([(16, .slept(40)), (1, .slept(70)), (15, .slept(40))], false),
      ([(16, .slept(40)), (1, .slept(70)), (16, .slept(40))], true),
      ([(1000, .polled(30)), (3, .slept(70))], true),
      ([(1000, .polled(30)), (4, .slept(70))], false),
      // A tick of the clock; the turn of another thread, which counts against a thousand waits.
      ([(1000, .polled(30)), (4, .interrupted(30))], true),
      ([(1000, .polled(30)), (1, .interrupted(3000))], false),
      ([(1000, .polled(30)), (1, .interrupted(3000)), (1, .slept(3000)), (950, .slept(40))], false),
      ([(1000, .polled(30)), (1, .interrupted(3000)), (1, .slept(3000)), (952, .slept(40))], true),
      ([(1000, .polled(30)), (1, .interrupted(1_000_000)), (3300, .slept(40))], true),
    ] as [([(Int, Wait)], Bool)])
  func decides(_ history: [(Int, Wait)], polls: Bool) {
    let waits = history.flatMap { Array(repeating: $0.1, count: $0.0) }
    #expect(after(waits).isWorthwhile == polls)
  }
}
