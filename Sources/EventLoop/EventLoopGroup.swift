import Synchronization

/// The loops of a process, one per core unless told otherwise.
package final class EventLoopGroup: Sendable {
  package let loops: [EventLoop]
  private let cursor = Atomic<Int>(0)

  /// - Parameter loops: How many; at least one.
  package init(loops count: Int) {
    loops = (0..<max(1, count)).map { EventLoop(name: "cairn-loop-\($0)") }
    for loop in loops { loop.start() }
  }

  /// The next loop in turn, for work that has no loop of its own yet.
  package func next() -> EventLoop {
    let index = cursor.wrappingAdd(1, ordering: .relaxed).oldValue
    return loops[(index & .max) % loops.count]
  }

  package func stop() {
    for loop in loops { loop.stop() }
  }
}
