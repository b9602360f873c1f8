import CairnAPI
import EventLoop
import GRPC

/// Work that several callers of a loop want at the same moment, done once for all of them: what the watchers of a row
/// need beside the row. Nothing is kept when it is done. Confined to its loop.
package final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: @unchecked Sendable {
  private typealias Caller = UnsafeContinuation<Result<Value, RPCError>, Never>

  /// On the loop, as all of this.
  private final class Run: @unchecked Sendable {
    var callers: [Int: Caller] = [:]
    var task: Task<Void, Never>?
  }

  private let loop: EventLoop
  private var runs: [Key: Run] = [:]
  private var lastCaller = 0

  package init(loop: EventLoop) { self.loop = loop }

  /// What `work` returns, or that of an earlier caller with the same key which is still under way. It is cancelled when
  /// the last of its callers is. Throws what it throws, and CANCELLED.
  package func value(
    for key: Key, _ work: @escaping @Sendable () async throws(RPCError) -> Value
  ) async throws(RPCError) -> Value {
    loop.assertOnLoop()
    lastCaller += 1
    let caller = lastCaller
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: Caller) in
        if Task.isCancelled { return continuation.resume(returning: .failure(Self.cancelled)) }
        if let run = runs[key] {
          run.callers[caller] = continuation
        } else {
          start(key, for: caller, continuation: continuation, work: work)
        }
      }
    } onCancel: {
      loop.execute { self.leave(key, as: caller) }
    }
    return try result.get()
  }

  private func start(
    _ key: Key, for caller: Int, continuation: Caller,
    work: @escaping @Sendable () async throws(RPCError) -> Value
  ) {
    let run = Run()
    run.callers[caller] = continuation
    runs[key] = run
    run.task = loop.startTask { [self] in
      let result: Result<Value, RPCError>
      do throws(RPCError) { result = .success(try await work()) } catch { result = .failure(error) }
      if runs[key] === run { runs[key] = nil }
      for continuation in run.callers.values { continuation.resume(returning: result) }
      run.callers = [:]
    }
  }

  private func leave(_ key: Key, as caller: Int) {
    guard let run = runs[key], let continuation = run.callers.removeValue(forKey: caller) else { return }
    continuation.resume(returning: .failure(Self.cancelled))
    if run.callers.isEmpty {
      runs[key] = nil
      run.task?.cancel()
    }
  }

  private static var cancelled: RPCError { RPCError(.cancelled, .callCancelled, "the call was cancelled") }
}

extension Journal {
  /// One for each loop of the journal.
  package func sharedWork<Key, Value>(
    _: Key.Type, _: Value.Type
  ) -> PerLoop<SharedWork<Key, Value>> {
    PerLoop(eventLoops) { SharedWork(loop: $0) }
  }
}
