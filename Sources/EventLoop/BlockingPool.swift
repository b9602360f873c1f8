import Glibc
import Synchronization

/// A few threads for work that would block a loop for more than about a millisecond: name
/// resolution, PQcancel, file system calls, large diffs.
///
/// They end with the pool, when the work it was given is done.
package final class BlockingPool: Sendable {
  private let crew: Crew

  /// - Parameters:
  ///   - threads: The most threads that exist at once; they are started when needed.
  ///   - niceness: From 0 to 19: how far they stand back when loops want the same processors.
  package init(threads: Int = 4, niceness: Int32 = 0) { crew = Crew(maximum: threads, niceness: niceness) }

  deinit { crew.close() }

  /// Runs `body` on a thread of the pool and returns on `loop`.
  package func run<T: Sendable, E: Error>(
    on loop: EventLoop, _ body: @escaping @Sendable () throws(E) -> T
  ) async throws(E) -> T {
    let result: Result<T, E> = await withUnsafeContinuation { continuation in
      crew.submit {
        let result: Result<T, E>
        do throws(E) { result = .success(try body()) } catch { result = .failure(error) }
        // From the loop, on which the task waits by then: one that was resumed before it waits goes on unseen by
        // the thread sanitizer.
        loop.execute { continuation.resume(returning: result) }
      }
    }
    return try result.get()
  }

  /// Runs `body` on a thread of the pool; nobody waits for it.
  package func start(_ body: @escaping @Sendable () -> Void) { crew.submit(body) }

  /// Ends the threads that have nothing to do; work that comes later starts new ones.
  package func endIdleThreads() { crew.endIdle() }
}

/// What a pool and its threads share, so that the threads do not keep the pool.
private final class Crew: Sendable {
  private struct State: ~Copyable {
    var waiting: [@Sendable () -> Void] = []
    var threads = 0
    var idle = 0
    var isClosed = false
  }
  private let state = Mutex(State())
  /// Signalled once for each piece of work, and once for each idle thread that is to end: one that wakes and finds
  /// no work ends.
  private let available = Semaphore()
  private let maximum: Int
  private let niceness: Int32

  init(maximum: Int, niceness: Int32) {
    self.maximum = maximum
    self.niceness = niceness
  }

  func submit(_ work: @escaping @Sendable () -> Void) {
    let mustStart = state.withLock { state in
      state.waiting.append(work)
      guard state.waiting.count > state.idle, state.threads < maximum else { return false }
      state.threads += 1
      return true
    }
    if mustStart { spawnThread(named: "cairn-blocking") { self.work() } }
    available.signal()
  }

  func endIdle() {
    let idle = state.withLock { $0.idle }
    for _ in 0..<idle { available.signal() }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    endIdle()
  }

  private func work() {
    // On Linux this is of the calling thread alone.
    if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
    while waits() {
      available.wait()
      guard let next = next() else { return }
      next()
    }
  }

  /// Whether the thread goes on: not when nothing can come any more.
  private func waits() -> Bool {
    state.withLock { state in
      if state.isClosed, state.waiting.isEmpty {
        state.threads -= 1
        return false
      }
      state.idle += 1
      return true
    }
  }

  /// The oldest work; nil when there is none, and the thread is to end.
  private func next() -> (@Sendable () -> Void)? {
    let (work, idle) = state.withLock { state -> ((@Sendable () -> Void)?, Int) in
      state.idle -= 1
      if state.waiting.isEmpty {
        state.threads -= 1
        return (nil, 0)
      }
      let work = state.waiting.removeFirst()
      // Those that wait beside it for work that was there when the pool was closed wait in vain now.
      return (work, state.isClosed && state.waiting.isEmpty ? state.idle : 0)
    }
    for _ in 0..<idle { available.signal() }
    return work
  }
}
