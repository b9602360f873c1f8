import EventLoop
import Journal
import Synchronization

/// When tasks of projects come due, as far as this server knows: what it wrote itself, and what its sweeps have seen. So a
/// back-off of a second takes a second; what a server that died knew is found by the next sweep. From any thread.
final class DueClock: Sendable {
  private struct State {
    var times: [ProjectID: Instant] = [:]
    var ring: (@Sendable () -> Void)?
  }
  private let state = Mutex(State())

  /// - Parameter ring: Told of a time that is sooner than those before.
  func onSooner(_ ring: @escaping @Sendable () -> Void) { state.withLock { $0.ring = ring } }

  /// Something of the project comes due.
  func note(_ project: ProjectID, in wait: Duration) {
    let time = Instant.now + max(wait, .zero)
    let ring: (@Sendable () -> Void)? = state.withLock { state in
      if let known = state.times[project], known <= time { return nil }
      state.times[project] = time
      return state.ring
    }
    ring?()
  }

  /// The projects of which something is due, and how long it is to the next one; nil when there is none.
  func take() -> (due: [ProjectID], next: Duration?) {
    let now = Instant.now
    return state.withLock { state in
      let due = state.times.filter { $0.value <= now }.map(\.key)
      for project in due { state.times[project] = nil }
      return (due, state.times.values.min().map { $0 - now })
    }
  }
}
