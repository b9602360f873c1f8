import Synchronization

/// Tells work on another thread that nobody waits for its result any longer.
package final class StopSignal: Sendable {
  private let stopped = Atomic(false)

  package init() {}

  package var isStopped: Bool { stopped.load(ordering: .relaxed) }

  package func stop() { stopped.store(true, ordering: .relaxed) }
}
