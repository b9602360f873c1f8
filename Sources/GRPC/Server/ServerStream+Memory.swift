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

  /// Why the handler does not get `count` more bytes to work on.
  func refusal(toUse count: Int) -> RPCError? {
    guard let connection else { return .callEnded }
    if !connection.held.admitsUse(count, own: usedBytes) {
      return .connectionReceivesTooMuch(limit: connection.held.receiveLimit)
    }
    return connection.loopAdmits(count) ? nil : .serverIsFull
  }

  /// Counts what a message has become, until the handler asks for the next one or ends.
  func use(more count: Int) throws(RPCError) {
    if let refusal = refusal(toUse: count) { throw refusal }
    use(count)
  }

  /// The handler has let go of the message that it read last.
  func letGoOfMessage() { server.freed(letGoOfUsed()) }

  /// The oldest message. It counts as the handler's from now on.
  func takeToUse() -> MessageDeframer.Frame? { takeMessage(toUse: true) }

  /// Why the answer of a method that gives one is not queued.
  var refusalOfAnswer: RPCError? {
    guard let connection, let onlyResponse else { return nil }
    if !admitsQueued(onlyResponse.count) {
      return .connectionQueuesTooMuch(limit: connection.held.queueLimit)
    }
    return connection.loopAdmits(onlyResponse.count) ? nil : .serverIsFull
  }
}
