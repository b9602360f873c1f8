import EventLoop

/// Lets one task of a loop wait for a call or for some time, whichever comes first. A call that comes while
/// no task waits is kept: the next wait ends at once. Confined to its loop.
package final class Bell: LoopTimer, @unchecked Sendable {
  private unowned let loop: EventLoop
  private var continuation: UnsafeContinuation<Void, Never>?
  private var hasRung = false

  package init(loop: EventLoop) { self.loop = loop }

  package func wait(atMost duration: Duration) async {
    loop.assertOnLoop()
    precondition(continuation == nil, "two tasks wait for one bell")
    if !hasRung {
      await withUnsafeContinuation { continuation in
        self.continuation = continuation
        loop.schedule(self, after: duration)
      }
    }
    hasRung = false
  }

  package func ring() {
    loop.assertOnLoop()
    hasRung = true
    end()
  }

  package override func fire() { end() }

  private func end() {
    loop.cancel(self)
    let waiting = continuation
    continuation = nil
    waiting?.resume()
  }
}
