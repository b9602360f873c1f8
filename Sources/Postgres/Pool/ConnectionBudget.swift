import Synchronization

/// The connections a process may have, shared by the pools of its loops.
///
/// Taken when one is opened and given back when it is closed: rare, so a lock is fine.
final class ConnectionBudget: Sendable {
  private struct State {
    var left: Int
    /// Loops that were refused, longest first.
    var hungry: [Int] = []
  }
  private let state: Mutex<State>
  private let hungryCount = Atomic<Int>(0)
  let maximum: Int

  init(maximum: Int) {
    self.maximum = max(1, maximum)
    state = Mutex(State(left: self.maximum))
  }

  /// Whether some loop waits for a connection to be given back. Cheap.
  var isContended: Bool { hungryCount.load(ordering: .relaxed) > 0 }

  /// Takes one, or remembers the loop as one that needs one.
  func take(for loop: Int) -> Bool {
    state.withLock { state in
      if state.left > 0 {
        state.left -= 1
        return true
      }
      if !state.hungry.contains(loop) {
        state.hungry.append(loop)
        hungryCount.store(state.hungry.count, ordering: .relaxed)
      }
      return false
    }
  }

  /// Gives one back and returns the loop that should try again.
  func give() -> Int? {
    state.withLock { state in
      state.left += 1
      guard !state.hungry.isEmpty else { return nil }
      defer { hungryCount.store(state.hungry.count, ordering: .relaxed) }
      return state.hungry.removeFirst()
    }
  }

  /// The next loop that should try again, while there is something left: the one that was told
  /// before may have needed none any more.
  func next() -> Int? {
    guard isContended else { return nil }
    return state.withLock { state in
      guard state.left > 0, !state.hungry.isEmpty else { return nil }
      defer { hungryCount.store(state.hungry.count, ordering: .relaxed) }
      return state.hungry.removeFirst()
    }
  }
}
