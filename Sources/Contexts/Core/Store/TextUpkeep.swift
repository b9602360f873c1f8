import Synchronization

/// Says when it is time to sort new words into the text index, which is done for all writers of a process by one of
/// them, after its write: a search reads what waits from end to end.
final class TextUpkeep: Sendable {
  private struct State {
    /// Bytes of the texts written since the last time.
    var bytes = 0
    var isSettling = false
  }

  /// Words of as much text are sorted in within some tens of milliseconds, if they are those of a language.
  private static let bytesAtOnce = 512 << 10

  private let state = Mutex(State())

  /// Notes what was written. True: the caller is to settle, and to say ``settled()`` afterwards.
  func isDue(after bytes: Int) -> Bool {
    state.withLock { state in
      state.bytes += bytes
      if state.isSettling || state.bytes < Self.bytesAtOnce { return false }
      state.isSettling = true
      state.bytes = 0
      return true
    }
  }

  func settled() { state.withLock { $0.isSettling = false } }
}
