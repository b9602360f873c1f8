extension BlockingPool {
  /// Runs `body` on a thread of the pool and returns on `loop`. Its signal is stopped when the task is
  /// cancelled, also while it waits for a thread: `body` is to look at it every few milliseconds, and to end.
  package func run<T: Sendable, E: Error>(
    on loop: EventLoop, stopping body: @escaping @Sendable (StopSignal) throws(E) -> T
  ) async throws(E) -> T {
    let signal = StopSignal()
    let result: Result<T, E> = await withTaskCancellationHandler {
      await run(on: loop) {
        do throws(E) { return .success(try body(signal)) } catch { return .failure(error) }
      }
    } onCancel: {
      signal.stop()
    }
    return try result.get()
  }
}
