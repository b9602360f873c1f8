import Glibc
import Synchronization

/// A few threads for work that would block a loop for more than about a millisecond: name
/// resolution, PQcancel, file system calls, large diffs.
package final class BlockingPool: Sendable {
  private struct State: ~Copyable {
    var waiting: [@Sendable () -> Void] = []
    var threads = 0
    var idle = 0
  }
  private let state = Mutex(State())
  private let available: Semaphore
  private let maximum: Int
  private let niceness: Int32

  /// - Parameters:
  ///   - threads: The most threads that exist at once; they are started when needed.
  ///   - niceness: From 0 to 19: how far they stand back when loops want the same processors.
  package init(threads: Int = 4, niceness: Int32 = 0) {
    maximum = threads
    self.niceness = niceness
    available = Semaphore()
  }

  /// Runs `body` on a thread of the pool and returns on `loop`.
  package func run<T: Sendable, E: Error>(
    on loop: EventLoop, _ body: @escaping @Sendable () throws(E) -> T
  ) async throws(E) -> T {
    let result: Result<T, E> = await withUnsafeContinuation { continuation in
      submit {
        let result: Result<T, E>
        do throws(E) { result = .success(try body()) } catch { result = .failure(error) }
        // From the loop, on which the task waits by then: one that was resumed before it waits goes on unseen by
        // the thread sanitizer.
        loop.execute { continuation.resume(returning: result) }
      }
    }
    return try result.get()
  }

  private func submit(_ work: @escaping @Sendable () -> Void) {
    let mustStart = state.withLock { state in
      state.waiting.append(work)
      guard state.waiting.count > state.idle, state.threads < maximum else { return false }
      state.threads += 1
      return true
    }
    if mustStart { spawnThread(named: "cairn-blocking") { self.work() } }
    available.signal()
  }

  private func work() {
    // On Linux this is of the calling thread alone.
    if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
    while true {
      state.withLock { $0.idle += 1 }
      available.wait()
      let next = state.withLock { state in
        state.idle -= 1
        return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
      }
      next?()
    }
  }
}
