extension EventLoop: TaskExecutor {
  package func enqueue(_ job: consuming ExecutorJob) { enqueueJob(UnownedJob(job)) }

  /// Starts a task on the loop and runs it at once up to its first suspension. On the loop only.
  ///
  /// A handler that never suspends costs neither a queued job nor a wake-up. `async let`, default
  /// actors and continuations come back to the loop; a bare `Task {}` leaves it.
  @discardableResult
  @inlinable package func startTask(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    assertOnLoop()
    return Task.immediate(executorPreference: self) { await body() }
  }

  /// Whether the running task belongs to this loop. Being on the loop's thread is not enough: a task
  /// of another executor that waited for one of this loop's goes on there until it suspends.
  package var isExecutorOfCurrentTask: Bool {
    let executor = asUnownedTaskExecutor()
    return isOnLoop && withUnsafeCurrentTask { $0?.unownedTaskExecutor == executor }
  }

  /// Runs `body` on this loop and returns what it returns. From any task; cancelling that task cancels
  /// `body`.
  ///
  /// A task of its own, for `withTaskExecutorPreference` does not move a caller-isolated closure.
  package func run<T: Sendable, E: Error>(
    _ body: @escaping @Sendable () async throws(E) -> T
  ) async throws(E) -> T {
    if isExecutorOfCurrentTask { return try await body() }
    let task = Task(executorPreference: self) { () async -> Result<T, E> in
      do throws(E) { return .success(try await body()) } catch { return .failure(error) }
    }
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    return try result.get()
  }

  /// Runs `body` on this loop and blocks the calling thread, which must not be a loop's, until it has
  /// ended: how a program's main function waits without the main queue of Dispatch.
  package func runBlocking<T: Sendable, E: Error>(
    _ body: @escaping @Sendable () async throws(E) -> T
  ) throws(E) -> T {
    precondition(!isOnLoop, "a loop cannot wait for itself")
    let outcome = BlockingOutcome<T, E>()
    execute { [self] in
      startTask {
        do throws(E) {
          outcome.result = .success(try await body())
        } catch {
          outcome.result = .failure(error)
        }
        outcome.done.signal()
      }
    }
    outcome.done.wait()
    return try outcome.result!.get()
  }

  /// Suspends the current task. Ends early, throwing, when the task is cancelled. On the loop only.
  package func sleep(for duration: Duration) async throws(CancellationError) {
    assertOnLoop()
    let sleeper = Sleeper(loop: self)
    let confined = Confined(sleeper, to: self)
    let completed = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if Task.isCancelled {
          continuation.resume(returning: false)
        } else {
          sleeper.start(continuation, for: duration)
        }
      }
    } onCancel: {
      confined.execute { $0.finish(false) }
    }
    if !completed { throw CancellationError() }
  }
}

/// What ``EventLoop/runBlocking(_:)`` waits for. The semaphore orders the two threads: one writes before it, the other
/// reads after it.
private final class BlockingOutcome<T: Sendable, E: Error>: @unchecked Sendable {
  var result: Result<T, E>?
  let done = Semaphore()
}

/// One suspended task of ``EventLoop/sleep(for:)``. Confined to its loop.
private final class Sleeper: LoopTimer {
  private unowned let loop: EventLoop
  private var continuation: UnsafeContinuation<Bool, Never>?

  init(loop: EventLoop) { self.loop = loop }

  func start(_ continuation: UnsafeContinuation<Bool, Never>, for duration: Duration) {
    self.continuation = continuation
    loop.schedule(self, after: duration)
  }

  override func fire() { finish(true) }

  func finish(_ completed: Bool) {
    loop.cancel(self)
    continuation?.resume(returning: completed)
    continuation = nil
  }
}
