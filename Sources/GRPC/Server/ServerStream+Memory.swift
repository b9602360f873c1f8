import HTTP2

// What a call may make the server hold, beside the others of its connection and of its loop.
extension ServerStream {
  /// Why `count` more bytes of the request are not kept.
  func refusal(toHold count: Int) -> RPCError? {
    guard let connection else { return nil }
    if !admitsReceived(count) {
      return .connectionReceivesTooMuch(limit: connection.held.receiveLimit)
    }
    return connection.loopAdmits(count) ? nil : .serverIsFull
  }

  /// Why the answer of a method that gives one is not queued.
  var refusalOfAnswer: RPCError? {
    guard let connection, let onlyResponse else { return nil }
    if !admitsQueued(onlyResponse.count) {
      return .connectionQueuesTooMuch(limit: connection.held.queueLimit)
    }
    return connection.loopAdmits(onlyResponse.count) ? nil : .serverIsFull
  }
}
