import Synchronization

/// Tells one listener, if there is one, that something changed. From any thread.
final class Nudge: Sendable {
  private let listener = Mutex<(@Sendable () -> Void)?>(nil)

  func tells(_ listener: @escaping @Sendable () -> Void) { self.listener.withLock { $0 = listener } }

  func tell() { listener.withLock { $0 }?() }
}
