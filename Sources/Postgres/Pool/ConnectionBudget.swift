import Synchronization

/// The connections a process may have, or the turns of one kind of work, shared by the pools of its loops.
///
/// Taken when one is opened and given back when it is closed: rare, so a lock is fine. What is given back while a loop
/// waits is kept for that loop: no other one takes it on the way.
final class ConnectionBudget: Sendable {
  private struct State {
    /// For whoever asks. Nothing while a loop waits.
    var left: Int
    /// Given to loops that waited and have not come for it yet.
    var kept: [Int: Int] = [:]
    /// Loops that were refused, longest first.
    var hungry: [Int] = []

    mutating func give() -> Int? {
      guard !hungry.isEmpty else {
        left += 1
        return nil
      }
      let loop = hungry.removeFirst()
      kept[loop, default: 0] += 1
      return loop
    }

    /// Takes one that is kept for the loop.
    mutating func takeKept(for loop: Int) -> Bool {
      guard let count = kept[loop] else { return false }
      kept[loop] = count > 1 ? count - 1 : nil
      return true
    }
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
    change { state in
      if state.takeKept(for: loop) { return true }
      if state.left > 0 {
        state.left -= 1
        return true
      }
      if !state.hungry.contains(loop) { state.hungry.append(loop) }
      return false
    }
  }

  /// Gives one back and returns the loop for which it is kept, which is to be told.
  func give() -> Int? { change { $0.give() } }

  /// Passes on what is kept for a loop that was told and needs none any more. Returns the loop for which it is kept now.
  func passOn(from loop: Int) -> Int? {
    change { state in state.takeKept(for: loop) ? state.give() : nil }
  }

  private func change<T: Sendable>(_ body: (inout State) -> T) -> T {
    state.withLock { state in
      defer { hungryCount.store(state.hungry.count, ordering: .relaxed) }
      return body(&state)
    }
  }
}
