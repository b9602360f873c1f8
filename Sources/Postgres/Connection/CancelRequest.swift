import CLibpq
import EventLoop

/// A PQcancel, which connects to the server by itself and blocks: for another thread. libpq made its handle for that, and
/// nobody else has it.
struct CancelRequest: @unchecked Sendable {
  let handle: OpaquePointer

  func send() {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      // Failure means that there is nothing left to cancel, or nobody to ask: the answer to the
      // statement, or the end of the connection, follows in any case.
      _ = PQcancel(handle, buffer.baseAddress, 256)
    }
    PQfreeCancel(handle)
  }
}

extension Connection {
  /// How long a statement may outlive all of its callers.
  static let abandonedLimit = Duration.seconds(1)

  /// Cancels what runs when all who asked for it have been gone for ``abandonedLimit``. Called again and again.
  ///
  /// A request may hit the statement after the one it was meant for. Clients run that again: see ``cancelsToCome``.
  func cancelIfAbandoned(on blocking: BlockingPool) {
    guard isBusy, let client, client.isAbandoned(self) else {
      abandonedSince = nil
      return
    }
    guard let since = abandonedSince else {
      abandonedSince = loop.now
      return
    }
    guard loop.now - since >= Self.abandonedLimit, !isBeingCancelled, let handle = makeCancel() else {
      return
    }
    abandonedSince = nil
    isBeingCancelled = true
    cancelsToCome += 1
    let request = CancelRequest(handle: handle)
    Confined(self, to: loop).startTask { connection in
      await blocking.run(on: connection.loop) { request.send() }
      connection.isBeingCancelled = false
      connection.afterCancel.take()?()
    }
  }

  /// Calls `body` when no request to cancel is on its way any more: a late one would hit whoever has the connection
  /// next.
  func whenNotBeingCancelled(_ body: @escaping () -> Void) {
    if isBeingCancelled { afterCancel = body } else { body() }
  }
}
