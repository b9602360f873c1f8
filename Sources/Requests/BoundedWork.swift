import EventLoop
import GRPC
import Journal

extension BlockingPool {
  /// Does work whose time grows with `bytes` that came from the caller: at once where they are few, else on
  /// a thread of the pool, because a loop must not be held up for more than about a millisecond. Throws CANCELLED
  /// when the call ends before the work does; `body` looks at its signal and ends soon, too.
  package func work<T: Sendable>(
    on bytes: Int, for call: CallContext, _ body: @escaping @Sendable (StopSignal) throws(RPCError) -> T
  ) async throws(RPCError) -> T {
    if bytes <= Limits.quickBytes { return try body(StopSignal()) }
    return try await run(on: call.loop) { signal throws(RPCError) in
      if signal.isStopped { throw .callEnded }
      let result = try body(signal)
      if signal.isStopped { throw .callEnded }
      return result
    }
  }
}

extension Journal {
  /// What a request for a batch of writes asks, and the scope to write it in. Its items may have megabytes of
  /// metadata together, so more than a few are checked, and the request is hashed, on a thread of `blocking`.
  package func accept<Item: Sendable>(
    _ request: some WriteRequest, items: Int, _ call: CallContext, on blocking: BlockingPool,
    validate: @escaping @Sendable () throws(RPCError) -> Batch<Item>
  ) async throws(RPCError) -> (Batch<Item>, CallScope) {
    let (batch, key) = try await blocking.work(on: items * (Limits.quickBytes / 4), for: call) {
      _ throws(RPCError) in
      (try validate(), request.requestKey)
    }
    return (batch, try await scope(of: request, key: key, call))
  }
}
