import EventLoop

/// Lets one task of a loop wait for a call or for some time, whichever comes first. Confined to its loop.
final class Bell: LoopTimer, @unchecked Sendable {
  private unowned let loop: EventLoop
  private var continuation: UnsafeContinuation<Void, Never>?

  init(loop: EventLoop) { self.loop = loop }

  var isAwaited: Bool { continuation != nil }

  func wait(atMost duration: Duration) async {
    loop.assertOnLoop()
    precondition(continuation == nil, "two tasks wait for one bell")
    await withUnsafeContinuation { continuation in
      self.continuation = continuation
      loop.schedule(self, after: duration)
    }
  }

  /// Wakes the task that waits, if one does.
  func ring() {
    loop.assertOnLoop()
    loop.cancel(self)
    let waiting = continuation
    continuation = nil
    waiting?.resume()
  }

  override func fire() { ring() }
}
